import * as v from "valibot";
import { base64 } from "../../protocol/base64.ts";
import { decodeBinary, encodeBinary, splitBinary } from "../../protocol/binary.ts";
import {
  type BinaryDown,
  binaryDownSchema,
  type HistoryMessage,
  type Message,
  messagesSchema,
} from "../../protocol/down.ts";

/**
 * Consecutive messages of one flush, as the frame that was sent to the sockets. A text is a `messages` frame; bytes are a binary
 * frame, which holds one message. `at`: milliseconds. `sizes`: the UTF-16 code units of each message in a text, as
 * "12,40,7"; null if they were not stored.
 */
export type Segment = {
  first: number;
  last: number;
  at: number;
  body: string | ArrayBuffer;
  sizes: string | null;
};

/** A message as JSON, as in a `messages` frame. */
export function encodeMessage(message: Message): string {
  return JSON.stringify(message);
}

/** A segment of text. @param messages as `encodeMessage` gives them */
export function textSegment(first: number, at: number, messages: readonly string[]): Segment {
  return {
    first,
    last: first + messages.length - 1,
    at,
    body: `${framePrefix(first, at)}${messages.join(",")}${FRAME_SUFFIX}`,
    sizes: messages.map(({ length }) => length).join(","),
  };
}

/** The text of a `messages` frame before its first message, and after its last one. */
function framePrefix(first: number, at: number): string {
  return `{"type":"messages","first":${first},"at":${at},"messages":[`;
}
const FRAME_SUFFIX = "]}";

export function binarySegment(header: Omit<BinaryDown, "type">, bytes: Uint8Array): Segment {
  const { seq, at } = header;
  const body = encodeBinary({ type: "message", ...header }, bytes);
  return { first: seq, last: seq, at, body, sizes: null };
}

/** The part of a segment after `seq`. Returns the segment itself if that is all of it. */
export function segmentAfter(segment: Segment, seq: number): Segment {
  if (segment.first > seq || typeof segment.body !== "string") return segment;
  return textSegment(seq + 1, segment.at, messageTexts(segment, segment.body).slice(seq + 1 - segment.first));
}

/** The messages of a text segment as JSON, cut out by their sizes without parsing. */
function messageTexts({ first, at, sizes }: Segment, body: string): string[] {
  let from = framePrefix(first, at).length;
  const texts = (sizes?.split(",") ?? []).map((size) => {
    const text = body.slice(from, from + Number(size));
    from += Number(size) + 1;
    return text;
  });
  // Rows of an earlier version have no sizes, and are parsed.
  if (from - 1 + FRAME_SUFFIX.length !== body.length) return textMessages(body).map(encodeMessage);
  return texts;
}

/** The messages from seq `first` to `last` as JSON, separated by commas. Equal to `historyMessages`, and faster. */
export function historyText(segment: Segment, first: number, last: number): string {
  const { at, body } = segment;
  if (typeof body !== "string") {
    const { header, bytes } = splitBinary(body);
    const { type: _, ...message } = header as BinaryDown;
    return `${JSON.stringify(message).slice(0, -1)},"binary":"${base64(bytes)}"}`;
  }
  const start = Math.max(0, first - segment.first);
  return messageTexts(segment, body)
    .slice(start, last + 1 - segment.first)
    .map((text, i) => `{"seq":${segment.first + start + i},"at":${at},${text.slice(1)}`)
    .join(",");
}

/** Each message as a plain socket receives it: a string as it is, other JSON as text, bytes as bytes. */
export function plainFrames(segment: Segment): (string | Uint8Array)[] {
  if (typeof segment.body !== "string") return [binaryMessage(segment.body).bytes];
  return textMessages(segment.body).map((message) => plainText(message.data));
}

/** Replaces lone surrogates: JSON strings may hold them, but text frames are UTF-8 (RFC 6455, section 5.6). */
export function plainText(data: unknown): string {
  return typeof data === "string" ? data.toWellFormed() : JSON.stringify(data);
}

/** The messages of a segment, in order. */
export function historyMessages(segment: Segment): HistoryMessage[] {
  if (typeof segment.body === "string") {
    return textMessages(segment.body).map((message, i) => ({
      seq: segment.first + i,
      at: segment.at,
      ...message,
    }));
  }
  const { header, bytes } = binaryMessage(segment.body);
  const { type: _, ...message } = header;
  return [{ ...message, binary: base64(bytes) }];
}

function textMessages(body: string): Message[] {
  return v.parse(messagesSchema, JSON.parse(body)).messages;
}

function binaryMessage(body: ArrayBuffer): { header: BinaryDown; bytes: Uint8Array } {
  const frame = decodeBinary(body);
  if (!frame.ok) throw new Error(`The stored binary segment cannot be decoded: ${frame.why}`);
  return { header: v.parse(binaryDownSchema, frame.header), bytes: frame.bytes };
}
