import type { MemberRecord, PlainRecord } from "../records.ts";
import { type LogIndex, sameness } from "./log-index.ts";
import type { Breach, BreachKind } from "./violation.ts";

/** The log in itself, and against all that was sent: no hole, nothing twice, nothing that nobody sent. */
export function checkLog(
  log: LogIndex,
  members: readonly MemberRecord[],
  plain: readonly PlainRecord[],
): Breach[] {
  const breaches: Breach[] = [];
  const breach = (kind: BreachKind, sentence: string) =>
    void breaches.push({ kind, room: log.record.room, sentence });
  const sent = new Set<string>();
  for (const member of members) for (const { data } of member.sent) sent.add(sameness(data));
  for (const client of plain) for (const data of client.sent) sent.add(sameness(data));

  let previous = log.record.floor;
  for (const { seq, id, data } of log.record.messages) {
    if (seq !== previous + 1) breach("hole", `In the log, ${seq} comes after ${previous}.`);
    previous = seq;
    // A publish that landed twice under two ids is no better than under one.
    const [first = seq] = log.withData(data).map((message) => message.seq);
    if (first < seq) breach("twice", `What ${id} says at ${seq} is in the log before, at ${first}.`);
    if (!sent.has(sameness(data))) breach("invented", `Nobody sent the message ${id} at ${seq}.`);
  }
  for (const [id, places] of placesOf(log, members)) {
    if (places.size > 1) breach("twice", `The message ${id} is at ${[...places].join(" and at ")}.`);
  }
  return breaches;
}

/** Where each id stands: in the log, or, where that was trimmed, in what members have seen of it. */
function placesOf({ record }: LogIndex, members: readonly MemberRecord[]): Map<string, Set<string>> {
  const places = new Map<string, Set<string>>();
  const put = (epoch: string, { id, seq }: { id: string; seq: number }) => {
    const known = places.get(id) ?? new Set();
    places.set(id, known.add(`${epoch}.${seq}`));
  };
  for (const message of record.messages) put(record.epoch, message);
  for (const { entries } of members) {
    for (const entry of entries) if (entry.kind === "message") put(entry.epoch, entry);
  }
  return places;
}
