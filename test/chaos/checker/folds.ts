import type { LogMessage, MemberEvent, MemberRecord } from "../records.ts";
import { differenceOf, Fold } from "./fold.ts";
import type { LogIndex } from "./log-index.ts";
import type { Report, Violation } from "./violation.ts";

/** The operations of the log, folded into its messages, must give the history. */
export function checkHistory(log: LogIndex): Violation[] {
  const { room, messages, operations, history } = log.record;
  const violations: Violation[] = [];
  const report: Report = (kind, sentence) => void violations.push({ kind, room, sentence });
  const fold = new Fold(report);
  for (const message of messages) fold.message(message);
  for (const operation of operations) fold.operation(operation);
  const current = bySeq(history);
  for (const seq of current.keys())
    if (log.at(seq) === undefined)
      report("history", `The history has ${seq}, and the log has no such message.`);
  for (const [seq, folded] of fold.messages) {
    const message = current.get(seq);
    const difference = message === undefined ? "it is missing" : differenceOf(message, folded);
    if (difference !== undefined) report("history", `In the history, of message ${seq}: ${difference}.`);
  }
  return violations;
}

/** The messages that a member received, folded, must be the history, as far as the member has the messages. */
export function checkFold({ room, client, events }: MemberRecord, log: LogIndex): Violation[] {
  const violations: Violation[] = [];
  const report: Report = (kind, sentence) =>
    void violations.push({ kind, room, client, sentence: `Of ${client}: ${sentence}` });
  const fold = new Fold(report);
  // After a gap, operations on what it has may be missing.
  for (const event of events)
    if (event.kind === "gap") fold.clear();
    else if ("epoch" in event && event.epoch === log.epoch) step(fold, event);
  const current = bySeq(log.record.history);
  for (const [seq, folded] of fold.messages) {
    const message = current.get(seq);
    const difference = message && differenceOf(folded, message);
    if (difference !== undefined) report("fold", `of message ${seq}, ${difference}.`);
  }
  return violations;
}

function step(fold: Fold, event: MemberEvent): void {
  if (event.kind === "message") fold.message(event);
  else if (event.kind === "operation") fold.operation(event);
  else if (event.kind === "page") for (const message of event.messages) fold.pageMessage(message);
}

/** The timeline of the client library must show the history. */
export function checkTimeline({ room, client, timeline }: MemberRecord, log: LogIndex): Violation[] {
  const current = bySeq(log.record.history);
  return timeline.flatMap((item) => {
    const message = current.get(item.seq);
    if (message === undefined) return [];
    // A timeline does not note the version of a message that was deleted already.
    const version = message.deleted ? { version: message.version } : {};
    const difference = differenceOf({ ...item, ...version }, message);
    if (difference === undefined) return [];
    return [
      {
        kind: "timeline",
        room,
        client,
        sentence: `In the timeline of ${client}, of ${item.seq}: ${difference}.`,
      },
    ];
  });
}

function bySeq(messages: readonly LogMessage[]): ReadonlyMap<number, LogMessage> {
  return new Map(messages.map((message) => [message.seq, message]));
}
