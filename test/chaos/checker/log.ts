import type { HookRecord, MemberRecord, PlainRecord } from "../records.ts";
import { dataKey, type LogIndex } from "./log-index.ts";
import type { Violation, ViolationKind } from "./violation.ts";

/** The log must have no gap and no duplicate, and only messages that a client or a hook sent. */
export function checkLog(
  log: LogIndex,
  members: readonly MemberRecord[],
  plain: readonly PlainRecord[],
  hooks: readonly HookRecord[],
): Violation[] {
  const violations: Violation[] = [];
  const report = (kind: ViolationKind, sentence: string) =>
    void violations.push({ kind, room: log.record.room, sentence });
  const sent = new Set(
    [
      ...members.flatMap((member) => member.sent.map(({ data }) => data)),
      ...plain.flatMap((client) => client.sent),
    ].map(dataKey),
  );
  const answers = new Set(hooks.flatMap((each) => each.answers));

  for (let seq = log.record.floor + 1; seq <= log.last; seq++) {
    const isThere = log.at(seq) !== undefined || log.operationAt(seq) !== undefined || log.isJoined(seq);
    if (!isThere) report("log-gap", `The log lacks ${seq}.`);
  }
  for (const { seq, id, data } of log.record.messages) {
    if (data === undefined) continue;
    // A publish stored under two ids is a duplicate, too.
    const [first = seq] = log.byData(data).map((message) => message.seq);
    if (first < seq) report("duplicate", `The data of ${id} at ${seq} is in the log at ${first}, too.`);
    const isAnswer = answers.has(id);
    if (!sent.has(dataKey(data)) && !isAnswer)
      report("unknown-message", `No client sent the message ${id} at ${seq}.`);
  }
  for (const [id, positions] of positionsOf(log, members)) {
    if (positions.size > 1)
      report("duplicate", `The message ${id} is at ${[...positions].join(" and at ")}.`);
  }
  return violations;
}

/** The positions of each id: in the log, and in what members received before it was trimmed. */
function positionsOf({ record }: LogIndex, members: readonly MemberRecord[]): Map<string, Set<string>> {
  const positions = new Map<string, Set<string>>();
  const put = (epoch: string, { id, seq }: { id: string; seq: number }) => {
    const known = positions.get(id) ?? new Set();
    positions.set(id, known.add(`${epoch}.${seq}`));
  };
  for (const message of [...record.messages, ...record.operations]) put(record.epoch, message);
  for (const { events } of members) {
    for (const event of events)
      if (event.kind === "message" || event.kind === "operation") put(event.epoch, event);
  }
  return positions;
}
