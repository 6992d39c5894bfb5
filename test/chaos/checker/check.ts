import type { LogMessage, Records } from "../records.ts";
import { checkAppends } from "./appends.ts";
import { checkConnections } from "./connection.ts";
import { checkDeletedContent } from "./deleted-content.ts";
import { checkFold, checkHistory, checkTimeline } from "./folds.ts";
import { checkHooks } from "./hooks.ts";
import { checkLog } from "./log.ts";
import { dataKey, LogIndex } from "./log-index.ts";
import { checkMember, checkSent } from "./member.ts";
import { checkLogOperations, checkSentOperations } from "./operations.ts";
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
    const members = ofRoom(records.members);
    const log = new LogIndex(record, members);
    const plain = ofRoom(records.plain);
    const hooks = ofRoom(records.hooks);
    violations.push(
      ...checkLog(log, members, plain, hooks),
      ...checkHistory(log),
      ...checkLogOperations(log, members),
      ...checkAppends(log, members),
      ...checkDeletedContent(log, members, records.stored),
    );
    for (const each of hooks) violations.push(...checkHooks(each, log));
    for (const member of members) {
      violations.push(
        ...checkSent(member, log),
        ...checkMember(member, log, records.replay),
        ...checkConnections(member, log, records.replay),
        ...checkSentOperations(member, log),
        ...checkFold(member, log),
        ...checkTimeline(member, log),
      );
    }
    for (const client of plain) violations.push(...checkPlain(client, log, members));
  }
  return violations;
}

/** At one seq of an epoch, the log and all clients must have the same message or operation. */
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
  const seeMessage = (room: string, epoch: string, { seq, id, data, version }: LogMessage, by: string) => {
    see(room, `${epoch}.${seq}`, id, by);
    // A client that joins receives the message as operations have made it.
    if (version === undefined && data !== undefined) see(room, `${epoch}.${seq} as sent`, dataKey(data), by);
  };
  // Appends may be joined, and contents deleted, so that the operations themselves may differ.
  for (const { room, epoch, messages, operations } of logs) {
    for (const message of messages) seeMessage(room, epoch, message, "the log");
    for (const { seq, id } of operations) see(room, `${epoch}.${seq}`, id, "the log");
  }
  for (const { room, client, events } of members) {
    for (const event of events) {
      if (event.kind === "message") seeMessage(room, event.epoch, event, client);
      else if (event.kind === "operation") see(room, `${event.epoch}.${event.seq}`, event.id, client);
    }
  }
  return violations;
}

function brief(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
