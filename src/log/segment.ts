import * as v from "valibot";
import { base64, decodeBinary, encodeBinary } from "../protocol/binary.ts";
import {
  type BinaryDown,
  binaryDownSchema,
  type HistoryMessage,
  type Message,
  messagesSchema,
} from "../protocol/down.ts";

/**
 * What one flush stored: a run of messages as the very frame that went to the sockets. Text is a `messages` frame;
 * bytes are a binary frame, which holds one message. `at`: milliseconds.
 */
export type Segment = { first: number; last: number; at: number; body: string | ArrayBuffer };

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
    body: `{"type":"messages","first":${first},"at":${at},"messages":[${messages.join(",")}]}`,
  };
}

export function binarySegment(header: Omit<BinaryDown, "type">, bytes: Uint8Array): Segment {
  const { seq, at } = header;
  return { first: seq, last: seq, at, body: encodeBinary({ type: "message", ...header }, bytes) };
}

/** The part of a segment that comes after `seq`: the segment itself, where all of it does. */
export function segmentAfter(segment: Segment, seq: number): Segment {
  if (segment.first > seq || typeof segment.body !== "string") return segment;
  const messages = textMessages(segment.body).slice(seq + 1 - segment.first);
  return textSegment(seq + 1, segment.at, messages.map(encodeMessage));
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
