import { toPlainLine, truncate } from "../format/untrusted-text.ts";

/** The message that another message answers: its seq, and its author and text at that time. */
export type Reply = { seq: number; name: string; text: string };

const MAX_NAME_UNITS = 64;
const MAX_TEXT_UNITS = 160;
const MAX_TEXT_LINES = 4;

/** A reply within the bounds of both its sender and its readers. */
export function toReply(seq: number, name: string, text: string): Reply {
  return {
    seq,
    name: toPlainLine(truncate(name, MAX_NAME_UNITS, 1)),
    text: toPlainLine(truncate(text, MAX_TEXT_UNITS, MAX_TEXT_LINES)),
  };
}

/** Reads the field `reply` of a message. Returns undefined if it is not valid: clients can send any JSON. */
export function parseReply(value: unknown): Reply | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { seq, name, text } = value as Record<string, unknown>;
  if (!Number.isSafeInteger(seq) || Number(seq) < 1) return undefined;
  if (typeof name !== "string" || typeof text !== "string") return undefined;
  return toReply(Number(seq), name, text);
}
