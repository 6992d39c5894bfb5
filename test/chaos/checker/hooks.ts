import type { HookRecord } from "../records.ts";
import type { LogIndex } from "./log-index.ts";
import type { Violation, ViolationKind } from "./violation.ts";

/** What hooks wrote must match the log, whatever was refused, repeated, killed and evicted meanwhile. */
export function checkHooks(record: HookRecord, log: LogIndex): Violation[] {
  const violations: Violation[] = [];
  const report = (kind: ViolationKind, sentence: string) =>
    void violations.push({ kind, room: record.room, sentence });
  const handled = new Map(record.handled.map(({ member, count }) => [member, count]));
  const total = [...handled.values()].reduce((sum, count) => sum + count, 0);
  if (total !== record.seq) report("hook-missed", `onMessage handled ${total} of ${record.seq} messages.`);
  for (const seq of record.disordered)
    report("hook-disordered", `onMessage got ${seq} before an earlier message.`);
  const published = new Map(record.published.map(({ member, count }) => [member, count]));
  const members = new Set([...published.keys(), ...handled.keys()]);
  members.delete(record.bot);
  for (const member of members) {
    const [counted = 0, stored = 0] = [published.get(member), handled.get(member)];
    if (counted !== stored)
      report("hook-count", `onPublish counted ${counted} messages of ${member}, and ${stored} were stored.`);
  }
  const answers = handled.get(record.bot) ?? 0;
  if (answers !== record.answers.length)
    report("hook-answers", `The log has ${answers} answers to ${record.answers.length} messages.`);
  for (const data of record.answers) {
    const stored = log.byData(data);
    if (stored.length > 1)
      report("hook-answers", `The log has ${stored.length} times ${JSON.stringify(data)}.`);
  }
  return violations;
}
