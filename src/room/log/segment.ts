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
 * What one flush stored: a run of messages as the very frame that went to the sockets. Text is a `messages` frame;
 * bytes are a binary frame, which holds one message. `at`: milliseconds. `sizes`: UTF-16 code units of each message of a text,
 * as "12,40,7"; null where they were not stored.
 */
export type Segment = {
  first: number;
  last: number;
  at: number;
  body: string | ArrayBuffer;
  sizes: string | null;
};

/** A message as it stands in a `messages` frame. */
export function encodeMessage(message: Message): string {
  return JSON.stringify(message);
}

/** A `messages` frame from messages that `encodeMessage` made. */
export function textSegment(first: number, at: number, messages: readonly string[]): Segment {
  return {
    first,
    last: first + messages.length - 1,
    at,
    body: `${headOf(first, at)}${messages.join(",")}${TAIL}`,
    sizes: messages.map(({ length }) => length).join(","),
  };
}

/** What stands before the first message of a `messages` frame, and after the last one. */
function headOf(first: number, at: number): string {
  return `{"type":"messages","first":${first},"at":${at},"messages":[`;
}
const TAIL = "]}";

export function binarySegment(header: Omit<BinaryDown, "type">, bytes: Uint8Array): Segment {
  const { seq, at } = header;
  const body = encodeBinary({ type: "message", ...header }, bytes);
  return { first: seq, last: seq, at, body, sizes: null };
}

/** The part of a segment that comes after `seq`: the segment itself, where all of it does. */
export function segmentAfter(segment: Segment, seq: number): Segment {
  if (segment.first > seq || typeof segment.body !== "string") return segment;
  return textSegment(seq + 1, segment.at, messageTexts(segment, segment.body).slice(seq + 1 - segment.first));
}

/** The messages of a text segment, each as it was encoded: cut out by their sizes, unread. */
function messageTexts({ first, at, sizes }: Segment, body: string): string[] {
  let from = headOf(first, at).length;
  const texts = (sizes?.split(",") ?? []).map((size) => {
    const text = body.slice(from, from + Number(size));
    from += Number(size) + 1;
    return text;
  });
  // Rows of an earlier version have no sizes.
  if (from - 1 + TAIL.length !== body.length) return textMessages(body).map(encodeMessage);
  return texts;
}

/** The messages of a segment from one seq to another, as JSON: as `historyMessages` gives them, separated by commas. */
export function historyText(segment: Segment, first: number, last: number): string {
  const { at, body } = segment;
  if (typeof body !== "string") {
    const { header, bytes } = splitBinary(body);
    const { type: _, ...message } = header as BinaryDown;
    return `${JSON.stringify(message).slice(0, -1)},"binary":"${base64(bytes)}"}`;
  }
  const begin = Math.max(0, first - segment.first);
  return messageTexts(segment, body)
    .slice(begin, last + 1 - segment.first)
    .map((text, i) => `{"seq":${segment.first + begin + i},"at":${at},${text.slice(1)}`)
    .join(",");
}

/** Each message of a segment as a plain socket gets it: a string as it is, other JSON as text, bytes as bytes. */
export function plainFrames(segment: Segment): (string | Uint8Array)[] {
  if (typeof segment.body !== "string") return [binaryMessage(segment.body).bytes];
  return textMessages(segment.body).map((message) => plainText(message.data));
}

/** What a text frame may hold is UTF-8 (RFC 6455, section 5.6), and JSON strings may hold halves of characters, which are not. */
export function plainText(data: unknown): string {
  return typeof data === "string" ? data.toWellFormed() : JSON.stringify(data);
}

/** Each message of a segment on its own, in order. */
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
  if (!frame.ok) throw new Error(`A stored binary segment cannot be read: ${frame.why}`);
  return { header: v.parse(binaryDownSchema, frame.header), bytes: frame.bytes };
}
