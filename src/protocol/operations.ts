/** The operations on a message, its target. `docs/PROTOCOL.md` describes the effect of each, and the members who may use it. */
export const OPERATIONS = ["edit", "delete", "append", "react", "unreact"] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** How an append ends a stream: its message is whole, or it stays as it is. */
export const STREAM_ENDS = ["complete", "incomplete"] as const;
export type StreamEnd = (typeof STREAM_ENDS)[number];

/** The state of a message that is written as a stream. One that ended whole has none. */
export const STREAM_STATES = ["open", "incomplete"] as const;
export type StreamState = (typeof STREAM_STATES)[number];

/**
 * An operation on the message `target`, a seq. `key`: that of a reaction. `end`: an append ends the stream of its message. `epoch`: of the log
 * that the seq belongs to; absent for the present one.
 */
export type Operation = {
  op: OperationName;
  target: number;
  key?: string | undefined;
  end?: StreamEnd | undefined;
  epoch?: string | undefined;
};

/** A reaction as everybody sees it: how many members, and the first of them. `mine`: the reader is one of them. */
export type Reaction = { count: number; members: string[]; mine?: boolean | undefined };

/** Returns the text that an append extends: the data itself, or its `text`. Returns undefined if the data has no text. */
export function textIn(data: unknown): string | undefined {
  if (typeof data === "string") return data;
  const isObject = typeof data === "object" && data !== null && "text" in data;
  return isObject && typeof data.text === "string" ? data.text : undefined;
}
