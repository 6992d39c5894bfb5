import type { MemberRecord, PlainRecord } from "../records.ts";
import { dataKey, type LogIndex } from "./log-index.ts";
import type { Violation, ViolationKind } from "./violation.ts";

/** The log must have no gap and no duplicate, and only messages that a client sent. */
export function checkLog(
  log: LogIndex,
  members: readonly MemberRecord[],
  plain: readonly PlainRecord[],
): Violation[] {
  const violations: Violation[] = [];
  const report = (kind: ViolationKind, sentence: string) =>
    void violations.push({ kind, room: log.record.room, sentence });
  const sent = new Set<string>();
  for (const member of members) for (const { data } of member.sent) sent.add(dataKey(data));
  for (const client of plain) for (const data of client.sent) sent.add(dataKey(data));

  let previous = log.record.floor;
  for (const { seq, id, data } of log.record.messages) {
    if (seq !== previous + 1) report("log-gap", `In the log, ${seq} follows ${previous}.`);
    previous = seq;
    // A publish stored under two ids is a duplicate, too.
    const [first = seq] = log.byData(data).map((message) => message.seq);
    if (first < seq) report("duplicate", `The data of ${id} at ${seq} is in the log at ${first}, too.`);
    if (!sent.has(dataKey(data))) report("unknown-message", `No client sent the message ${id} at ${seq}.`);
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
  for (const message of record.messages) put(record.epoch, message);
  for (const { events } of members) {
    for (const event of events) if (event.kind === "message") put(event.epoch, event);
  }
  return positions;
}
