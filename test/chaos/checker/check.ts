import type { Records } from "../records.ts";
import { checkConnections } from "./connection.ts";
import { checkLog } from "./log.ts";
import { dataKey, LogIndex } from "./log-index.ts";
import { checkMember, checkSent } from "./member.ts";
import { checkPlain } from "./plain-client.ts";
import type { Violation } from "./violation.ts";

/**
 * Checks the records of a run against the guarantees, and returns what violates them. It is written from docs/GUARANTEES.md alone,
 * and shares no code with the service or its client.
 */
export function check(records: Records): Violation[] {
  const violations = checkOneOrder(records);
  for (const record of records.logs) {
    const ofRoom = <T extends { room: string }>(all: T[]): T[] =>
      all.filter(({ room }) => room === record.room);
    const log = new LogIndex(record);
    const members = ofRoom(records.members);
    const plain = ofRoom(records.plain);
    violations.push(...checkLog(log, members, plain));
    for (const member of members) {
      violations.push(
        ...checkSent(member, log),
        ...checkMember(member, log, records.replay),
        ...checkConnections(member, log, records.replay),
      );
    }
    for (const client of plain) violations.push(...checkPlain(client, log));
  }
  return violations;
}

/** At one seq of an epoch, the log and all clients must have the same message. */
function checkOneOrder({ members, logs }: Records): Violation[] {
  const violations: Violation[] = [];
  const known = new Map<string, { message: string; by: string }>();
  const see = (room: string, position: string, message: string, by: string): void => {
    const key = `${room}\n${position}`;
    const before = known.get(key);
    if (before === undefined) known.set(key, { message, by });
    else if (before.message !== message) {
      const sentence = `At ${position}, ${by} has ${brief(message)}, and ${before.by} has ${brief(before.message)}.`;
      violations.push({ kind: "order", room, client: by, sentence });
    }
  };
  for (const { room, epoch, messages } of logs) {
    for (const { seq, id, data } of messages)
      see(room, `${epoch}.${seq}`, `${id} ${dataKey(data)}`, "the log");
  }
  for (const { room, client, events } of members) {
    for (const event of events) {
      if (event.kind !== "message") continue;
      see(room, `${event.epoch}.${event.seq}`, `${event.id} ${dataKey(event.data)}`, client);
    }
  }
  return violations;
}

function brief(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
