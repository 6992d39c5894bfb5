import * as v from "valibot";
import { base64 } from "../../protocol/base64.ts";
import { decodeBinary, encodeBinary, splitBinary } from "../../protocol/binary.ts";
import {
  type BinaryDown,
  binaryDownSchema,
  type LogMessage,
  type Message,
  messagesSchema,
} from "../../protocol/down.ts";
import { decodeParts, partsAfter } from "./parts.ts";

/**
 * Consecutive messages of one flush, as the frame that was sent to the sockets. A text is a `messages` frame; bytes are a binary
 * frame, which holds one message. `at`: milliseconds. `sizes`: the UTF-16 code units of each message in a text, as
 * "12,40,7"; null if they were not stored. `ops`: how many of its messages are operations; `light`: how many of those are appends and
 * reactions. `parts`: set where appends of several flushes are joined, see `parts.ts`.
 */
export type Segment = {
  first: number;
  last: number;
  at: number;
  body: string | ArrayBuffer;
  sizes: string | null;
  parts: string | null;
  ops: number;
  light: number;
};

/** How an operation begins, as JSON. No other message does. */
export const OPERATION_PREFIX = '{"op":"';

/** A message as JSON, as in a `messages` frame. */
export function encodeMessage(message: Message): string {
  return JSON.stringify(message);
}

/** A segment of text. @param messages as `encodeMessage` gives them */
export function textSegment(
  first: number,
  at: number,
  messages: readonly string[],
  { ops, light }: { ops: number; light: number } = { ops: 0, light: 0 },
): Segment {
  return {
    first,
    last: first + messages.length - 1,
    at,
    body: `${framePrefix(first, at)}${messages.join(",")}${FRAME_SUFFIX}`,
    sizes: sizesOf(messages),
    parts: null,
    ops,
    light,
  };
}

/** A text frame for the seqs from `first` to `last` with fewer messages. @param messages as JSON, each with its own seq and time */
export function sparseFrame(first: number, last: number, at: number, messages: readonly string[]): string {
  return `${framePrefix(first, at, last)}${messages.join(",")}${FRAME_SUFFIX}`;
}

/** A segment for the seqs from `first` to `last` without messages. */
export function emptySegment(first: number, last: number, at: number): Segment {
  const body = sparseFrame(first, last, at, []);
  return { first, last, at, body, sizes: null, parts: null, ops: 0, light: 0 };
}

/** Whether all messages of a segment are operations. */
export function isOfOperations({ first, last, ops }: Segment): boolean {
  return ops === last - first + 1;
}

export function sizesOf(messages: readonly string[]): string {
  return messages.map(({ length }) => length).join(",");
}

/** The text of a `messages` frame before its first message, and after its last one. */
function framePrefix(first: number, at: number, last?: number): string {
  return `{"type":"messages","first":${first},${last === undefined ? "" : `"last":${last},`}"at":${at},"messages":[`;
}
const FRAME_SUFFIX = "]}";

export function binarySegment(header: Omit<BinaryDown, "type">, bytes: Uint8Array): Segment {
  const { seq, at } = header;
  const body = encodeBinary({ type: "message", ...header }, bytes);
  return { first: seq, last: seq, at, body, sizes: null, parts: null, ops: 0, light: 0 };
}

/** The part of a segment after `seq`. Returns the segment itself if that is all of it. */
export function segmentAfter(segment: Segment, seq: number): Segment {
  const { first, last, at, body, parts } = segment;
  if (first > seq || typeof body !== "string") return segment;
  if (parts !== null) {
    const rest = partsAfter(textMessages(body), parts, seq + 1 - first);
    const texts = rest.messages.map(encodeMessage);
    return {
      ...segment,
      first: seq + 1,
      body: sparseFrame(seq + 1, last, at, texts),
      sizes: sizesOf(texts),
      parts: rest.parts,
    };
  }
  const texts = messageTexts(segment).slice(seq + 1 - first);
  const ops = texts.filter((text) => text.startsWith(OPERATION_PREFIX)).length;
  return textSegment(seq + 1, at, texts, { ops, light: ops });
}

/** The messages of a text segment as JSON, cut out by their sizes without parsing. */
export function messageTexts({ first, last, at, sizes, parts, body }: Segment): string[] {
  if (typeof body !== "string") return [];
  let from = framePrefix(first, at, parts === null ? undefined : last).length;
  const texts = (sizes?.split(",") ?? []).map((size) => {
    const text = body.slice(from, from + Number(size));
    from += Number(size) + 1;
    return text;
  });
  // Rows of an earlier version have no sizes, and are parsed.
  if (from - 1 + FRAME_SUFFIX.length !== body.length) return textMessages(body).map(encodeMessage);
  return texts;
}

/** The seqs of the messages of a segment that are no operations. */
export function seqsOfMessages(segment: Segment): number[] {
  const { first, last, ops, body } = segment;
  if (typeof body !== "string" || ops === last - first + 1) return ops === 0 ? [first] : [];
  return messageTexts(segment).flatMap((text, i) => (text.startsWith(OPERATION_PREFIX) ? [] : [first + i]));
}

/** The messages from seq `first` to `last` as JSON, separated by commas. Equal to `historyMessages`, and faster. Without operations. */
export function historyText(segment: Segment, first: number, last: number): string {
  const { at, body } = segment;
  if (typeof body !== "string") {
    const { header, bytes } = splitBinary(body);
    const { type: _, ...message } = header as BinaryDown;
    return `${JSON.stringify(message).slice(0, -1)},"binary":"${base64(bytes)}"}`;
  }
  const start = Math.max(0, first - segment.first);
  return messageTexts(segment)
    .slice(start, last + 1 - segment.first)
    .map((text, i) => `{"seq":${segment.first + start + i},"at":${at},${text.slice(1)}`)
    .join(",");
}

/** Each message as a plain socket receives it: a string as it is, other JSON as text, bytes as bytes. */
export function plainFrames(segment: Segment, withOperations = false): (string | Uint8Array)[] {
  if (typeof segment.body !== "string") return [binaryMessage(segment.body).bytes];
  return textMessages(segment.body).flatMap((message) => plainFrame(message, withOperations));
}

/**
 * The frame of a message for a plain socket. An append is its text, and other operations are nothing, unless the socket asked for operations
 * as JSON. A deleted message is nothing.
 */
export function plainFrame(message: Omit<Message, "seq" | "at">, withOperations: boolean): string[] {
  const { op, data, deleted } = message;
  if (op !== undefined && withOperations) {
    const { target, key, offset, from } = message;
    return [JSON.stringify({ op, target, key, offset, from, data })];
  }
  // An append without text, such as the end of a stream, is nothing.
  const isText = op === undefined ? deleted !== true : op === "append" && data !== "";
  return isText ? [plainText(data)] : [];
}

/** Replaces lone surrogates: JSON strings may hold them, but text frames are UTF-8 (RFC 6455, section 5.6). */
export function plainText(data: unknown): string {
  return typeof data === "string" ? data.toWellFormed() : JSON.stringify(data);
}

/** The messages of a segment, in order. Joined appends are one message, with the seq of the last of them. */
export function logMessages(segment: Segment): LogMessage[] {
  if (typeof segment.body === "string") {
    const messages = textMessages(segment.body).map(({ seq = 0, at = segment.at, ...message }, i) => ({
      seq: seq || segment.first + i,
      at,
      ...message,
    }));
    return segment.parts === null ? messages : messages.sort((a, b) => a.seq - b.seq);
  }
  const { header, bytes } = binaryMessage(segment.body);
  const { type: _, ...message } = header;
  return [{ ...message, binary: base64(bytes) }];
}

/** The author of a message of a segment. */
export function authorOf(segment: Segment, seq: number): string | undefined {
  const { first, parts, body } = segment;
  if (parts === null || typeof body !== "string")
    return logMessages(segment).find((message) => message.seq === seq)?.from;
  const [index] = decodeParts(parts)[seq - first] ?? [0];
  return textMessages(body)[index]?.from;
}

function textMessages(body: string): Message[] {
  return v.parse(messagesSchema, JSON.parse(body)).messages;
}

function binaryMessage(body: ArrayBuffer): { header: BinaryDown; bytes: Uint8Array } {
  const frame = decodeBinary(body);
  if (!frame.ok) throw new Error(`The stored binary segment cannot be decoded: ${frame.why}`);
  return { header: v.parse(binaryDownSchema, frame.header), bytes: frame.bytes };
}
