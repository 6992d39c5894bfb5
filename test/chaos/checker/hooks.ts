import type { HookRecord } from "../records.ts";
import type { LogIndex } from "./log-index.ts";
import type { Violation, ViolationKind } from "./violation.ts";

/** The rows that hooks wrote must match the log, whatever was refused, repeated, killed and evicted meanwhile. */
export function checkHooks(record: HookRecord, log: LogIndex): Violation[] {
  const violations: Violation[] = [];
  const report = (kind: ViolationKind, sentence: string) =>
    void violations.push({ kind, room: record.room, sentence });
  const handled = new Set(record.handled.map(({ seq }) => seq));
  // A message that is deleted before its turn is not handled.
  const messages = log.record.messages.filter((message) => !message.deleted && message.seq <= record.seq);
  for (const { seq } of [...messages, ...log.record.operations])
    if (!handled.has(seq)) report("hook-missed", `The hooks did not handle ${seq}.`);
  for (const seq of record.disordered)
    report("hook-disordered", `onMessage or onOperation got ${seq} after a later one.`);
  const answers = record.handled.filter(({ member }) => member === record.bot).length;
  const counted = record.published.reduce((sum, { count }) => sum + count, 0);
  if (counted + answers !== record.seq) {
    const stored = record.seq - answers;
    report("hook-count", `onPublish counted ${counted} messages and operations, and ${stored} were stored.`);
  }
  const stored = [...log.record.messages, ...log.record.operations];
  for (const { member, count } of record.published) {
    const of = stored.filter(({ from }) => from === member).length;
    // The log shows joined appends as one.
    if (count < of)
      report("hook-count", `onPublish counted ${count} messages of ${member}, and ${of} were stored.`);
  }
  if (answers !== record.answers.length)
    report("hook-answers", `The log has ${answers} answers to ${record.answers.length} messages.`);
  for (const id of record.answers) {
    const found = log.byId(id).length;
    if (found > 1) report("hook-answers", `The log has ${found} times ${id}.`);
  }
  return violations;
}
