import type { AppendPart, LogEntry } from "../log/log-entry.ts";
import { binarySegment, type Segment, textSegment } from "../log/segment.ts";
import { type PendingMessage, PendingOperation, PendingText } from "./pending-message.ts";

/** UTF-16 code units of the messages in one segment. At three bytes each, and with the ids, a row then stays under 1 MiB. */
const SEGMENT_CHARS = 160 * 1024;

/** A segment, and the messages that it holds. */
export type NumberedSegment = { segment: Segment; messages: readonly PendingMessage[] };

/**
 * Numbers messages and groups them into segments. Text messages share a segment up to its size; a binary message has its own.
 * @param first the seq of the first message
 * @param at the time of all messages: milliseconds
 */
export function numberMessages(
  pending: readonly PendingMessage[],
  first: number,
  at: number,
): NumberedSegment[] {
  const segments: NumberedSegment[] = [];
  let seq = first;
  let run: PendingText[] = [];
  let chars = 0;
  const endRun = () => {
    if (run.length === 0) return;
    const encoded = run.map((message) => message.encoded);
    segments.push({ segment: textSegment(seq, at, encoded, countOperations(run)), messages: run });
    seq += run.length;
    run = [];
    chars = 0;
  };
  for (const message of pending) {
    if (!(message instanceof PendingText)) {
      endRun();
      const { id, by, bytes } = message;
      const segment = binarySegment({ seq, at, id, from: by.member, name: by.name }, bytes);
      segments.push({ segment, messages: [message] });
      seq++;
      continue;
    }
    const needed = message.rowChars ?? message.encoded.length;
    if (needed > 0 && chars + needed > SEGMENT_CHARS) endRun();
    run.push(message);
    chars += message.encoded.length;
  }
  endRun();
  return segments;
}

/** How many messages are operations, and how many of those are appends and reactions. */
function countOperations(messages: readonly PendingText[]): { ops: number; light: number } {
  let ops = 0;
  let light = 0;
  for (const message of messages) {
    if (!(message instanceof PendingOperation)) continue;
    ops++;
    const { op } = message.operation;
    if (op !== "edit" && op !== "delete") light++;
  }
  return { ops, light };
}

/** A segment as the log stores it. */
export function entryOf({ segment, messages }: NumberedSegment): LogEntry {
  const ids = messages.map(({ id }) => id);
  // The runs of appends are short, so the first other message ends the search.
  const isStream = segment.light > 0 && messages.every(isAppend);
  return isStream ? { segment, ids, appends: messages.filter(isAppend).map(appendOf) } : { segment, ids };
}

function isAppend(message: PendingMessage): message is PendingOperation {
  return message instanceof PendingOperation && message.operation.op === "append" && !message.isRedacted;
}

function appendOf({ id, by, operation, offset = 0, json = '""' }: PendingOperation): AppendPart {
  const { target, end } = operation;
  return { target, offset, end, id, from: by.member, name: by.name, data: JSON.parse(json) };
}

/** Marks messages as a batch, and makes those of text share a segment. */
export function keepTogether(messages: readonly PendingMessage[]): void {
  const batch = {};
  for (const message of messages) message.batch = batch;
  const texts = messages.filter((message) => message instanceof PendingText);
  const chars = texts.reduce((sum, { encoded }) => sum + encoded.length, 0);
  texts.forEach((message, i) => {
    message.rowChars = i === 0 ? chars : 0;
  });
}
