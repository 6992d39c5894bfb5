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
  const inMemory: (() => void)[] = [];
  // One row at a time: there may be many, and all of them together may be large.
  for (const first of new Set([seq, ...(rows ?? rowsWithContent(log, seq, version))])) {
    const segment = log.segmentOf(first);
    if (segment !== undefined) inMemory.push(log.rewrite(redacted(segment, seq, version)));
  }
  return inMemory;
}

/** The first seqs of the rows with edits and appends of a message, where they are too many to be listed with it. */
function rowsWithContent(log: RoomLog, seq: number, version: number): number[] {
  const firsts: number[] = [];
  for (const segment of log.operationsAfter(seq)) {
    if (segment.first > version) break;
    if (messageTexts(segment).some((text) => isContentOf(text, seq))) firsts.push(segment.first);
  }
  return firsts;
}

/** Whether a message, as JSON, is an edit or an append of the target. */
function isContentOf(text: string, target: number): boolean {
  if (!text.startsWith(OPERATION_PREFIX) || !text.includes(`"target":${target},`)) return false;
  const operation: Message = JSON.parse(text);
  return operation.target === target && (operation.op === "edit" || operation.op === "append");
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
    return isContentOf(text, target) ? deletionOf(JSON.parse(text)) : text;
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
