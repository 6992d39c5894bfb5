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
  return withTexts(segment, texts);
}

/** The segment with other messages, as many as before. */
function withTexts(segment: Segment, texts: readonly string[]): Segment {
  const { first, last, at, parts, ops, light } = segment;
  if (parts === null) return textSegment(first, at, texts, { ops, light });
  return { ...segment, body: sparseFrame(first, last, at, texts), sizes: sizesOf(texts) };
}

/**
 * Removes the content of the edits and appends of messages that retention removed. The operations stay as appends of nothing, which change no
 * message of a client.
 * @param targets the messages, with the first seqs of the rows with their content; undefined where those are too many to be listed
 */
export function dropContents(
  log: RoomLog,
  targets: ReadonlyMap<number, readonly number[] | undefined>,
): void {
  const isContent = (text: string) => {
    const target = targetOf(text);
    return target !== undefined && targets.has(target) && isContentOf(text, target);
  };
  const lists = [...targets.values()];
  const listed = lists.every((rows) => rows !== undefined)
    ? new Set(lists.flat())
    : rowsThatHave(log, isContent);
  for (const first of listed) {
    const segment = log.segmentOf(first);
    if (segment === undefined || typeof segment.body !== "string") continue;
    const texts = messageTexts(segment);
    if (!texts.some(isContent)) continue;
    log.rewrite(
      withTexts(
        segment,
        texts.map((text) => (isContent(text) ? nothingOf(JSON.parse(text)) : text)),
      ),
    )();
  }
}

/** The first seqs of the rows with such an operation. One row at a time is in memory. */
function rowsThatHave(log: RoomLog, isContent: (text: string) => boolean): number[] {
  const firsts: number[] = [];
  for (const segment of log.operationsAfter(log.floor))
    if (messageTexts(segment).some(isContent)) firsts.push(segment.first);
  return firsts;
}

/** The target of an operation as JSON; undefined for a message. */
function targetOf(text: string): number | undefined {
  return text.startsWith(OPERATION_PREFIX) ? (JSON.parse(text) as Message).target : undefined;
}

function nothingOf({ target, id, from, name, seq, at }: Message): string {
  return encodeMessage({ op: "append", target, offset: 0, id, from, name, seq, at, data: "" });
}

/** The deleted message itself. It keeps its place, its id and its author. */
function tombstoneOf({ id, from, name }: Pick<Message, "id" | "from" | "name">, version: number): string {
  return encodeMessage({ id, from, name, deleted: true, version });
}

/** An operation without its content. To delete twice is the same as once. */
function deletionOf({ target, id, from, name, seq, at }: Message): string {
  return encodeMessage({ op: "delete", target, id, from, name, seq, at });
}
