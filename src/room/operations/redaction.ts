import type { Message } from "../../protocol/down.ts";
import type { RoomLog } from "../log/log.ts";
import {
  encodeMessage,
  logMessages,
  messageTexts,
  OPERATION_PREFIX,
  type Segment,
  sizesOf,
  sparseFrame,
  textSegment,
} from "../log/segment.ts";
import type { Form } from "./form.ts";

/**
 * Removes the content of a deleted message from the stored rows: of the message itself, which becomes a tombstone, and of its edits and
 * appends, which become the deletion.
 * @param version the seq of the deletion
 * @returns what does the same in memory, once nothing can roll it back
 */
export function redact(log: RoomLog, { seq, rows }: Form, version: number): (() => void)[] {
  const original = log.segmentOf(seq);
  const others = rows === undefined ? log.operationsAfter(seq) : rows.map((first) => log.segmentOf(first));
  const segments = new Map<number, Segment>();
  for (const segment of [original, ...others])
    if (segment !== undefined) segments.set(segment.first, segment);
  return [...segments.values()].map((segment) => log.rewrite(redacted(segment, seq, version)));
}

function redacted(segment: Segment, target: number, version: number): Segment {
  if (typeof segment.body !== "string") {
    const [message] = logMessages(segment);
    const tombstone = message === undefined ? [] : [tombstoneOf(message, version)];
    return { ...textSegment(segment.first, segment.at, tombstone), last: segment.last };
  }
  const texts = messageTexts(segment).map((text, i) => {
    if (!text.startsWith(OPERATION_PREFIX)) {
      const isTarget = segment.parts === null && segment.first + i === target;
      return isTarget ? tombstoneOf(JSON.parse(text), version) : text;
    }
    const operation: Message = JSON.parse(text);
    const isContent = operation.op === "edit" || operation.op === "append";
    return isContent && operation.target === target ? deletionOf(operation) : text;
  });
  const { first, last, at, parts, ops, light } = segment;
  if (parts === null) return textSegment(first, at, texts, { ops, light });
  return { ...segment, body: sparseFrame(first, last, at, texts), sizes: sizesOf(texts) };
}

/** The deleted message itself. It keeps its place, its id and its author. */
function tombstoneOf({ id, from, name }: Pick<Message, "id" | "from" | "name">, version: number): string {
  return encodeMessage({ id, from, name, deleted: true, version });
}

/** An operation without its content. To delete twice is the same as once. */
function deletionOf({ target, id, from, name, seq, at }: Message): string {
  return encodeMessage({ op: "delete", target, id, from, name, seq, at });
}
