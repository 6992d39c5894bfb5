import type { Records } from "../records.ts";
import { checkConnections } from "./connection.ts";
import { checkLog } from "./log.ts";
import { LogIndex, sameness } from "./log-index.ts";
import { checkMember, checkSent } from "./member.ts";
import { checkPlain } from "./plain-client.ts";
import type { Breach } from "./violation.ts";

/**
 * Proves the promises from the records of a run, or says where they were broken. It is written from the promises alone:
 * it knows nothing of the code that is to keep them.
 */
export function check(records: Records): Breach[] {
  const breaches = checkOneOrder(records);
  for (const record of records.logs) {
    const ofRoom = <T extends { room: string }>(all: T[]): T[] =>
      all.filter(({ room }) => room === record.room);
    const log = new LogIndex(record);
    const members = ofRoom(records.members);
    const plain = ofRoom(records.plain);
    breaches.push(...checkLog(log, members, plain));
    for (const member of members) {
      breaches.push(
        ...checkSent(member, log),
        ...checkMember(member, log, records.replay),
        ...checkConnections(member, log, records.replay),
      );
    }
    for (const client of plain) breaches.push(...checkPlain(client, log));
  }
  return breaches;
}

/** One place in the order of a room is one message, whoever has seen it. */
function checkOneOrder({ members, logs }: Records): Breach[] {
  const breaches: Breach[] = [];
  const known = new Map<string, { what: string; by: string }>();
  const see = (room: string, place: string, what: string, by: string): void => {
    const key = `${room}\n${place}`;
    const before = known.get(key);
    if (before === undefined) known.set(key, { what, by });
    else if (before.what !== what) {
      const sentence = `At ${place}, ${by} has ${brief(what)}, and ${before.by} has ${brief(before.what)}.`;
      breaches.push({ kind: "order", room, client: by, sentence });
    }
  };
  for (const { room, epoch, messages } of logs) {
    for (const { seq, id, data } of messages)
      see(room, `${epoch}.${seq}`, `${id} ${sameness(data)}`, "the log");
  }
  for (const { room, client, entries } of members) {
    for (const entry of entries) {
      if (entry.kind !== "message") continue;
      see(room, `${entry.epoch}.${entry.seq}`, `${entry.id} ${sameness(entry.data)}`, client);
    }
  }
  return breaches;
}

function brief(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
