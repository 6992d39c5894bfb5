import { toIsolatedLine, truncate } from "../../../app/format/untrusted-text.ts";
import type { RoomMessage } from "../../../client/core.ts";
import type { HistoryMessage } from "../../../client/frames.ts";

/** The page keeps so much of a text: UTF-16 code units. The history has all of it. */
export const MAX_TEXT = 2000;
const MAX_NAME = 128;

/** A message as the page shows it, with at most `MAX_TEXT` of its text. */
export type Row = {
  seq: number;
  at: number;
  from: string;
  name: string;
  kind: "text" | "json" | "binary" | "deleted";
  text: string;
  /** The length of the whole text, or the bytes of a binary message. */
  size: number;
  isEdited: boolean;
  /** The seq of the last operation that the row has taken. */
  version: number;
};

type Content = Pick<Row, "kind" | "text" | "size">;

export function rowOf(message: HistoryMessage | RoomMessage): Row {
  const { seq, at, from, name, edited, deleted, version } = message;
  return {
    seq,
    at,
    from,
    name: name.slice(0, MAX_NAME),
    ...(deleted ? DELETED : contentOf(message)),
    isEdited: edited !== undefined,
    version: version ?? seq,
  };
}

const DELETED: Content = { kind: "deleted", text: "", size: 0 };

/** A row of the table, with as much of the data as the page keeps: a message, or an operation on the message `target`. */
export type Arrival =
  | { row: Row }
  | { target: number; seq: number; change: "delete" | "edit" | "append"; content: Content };

/** Undefined for an operation that changes nothing on the page, such as a reaction. */
export function arrivalOf(message: RoomMessage): Arrival | undefined {
  const { seq, op, target = 0 } = message;
  if (op === undefined) return { row: rowOf(message) };
  if (op !== "delete" && op !== "edit" && op !== "append") return undefined;
  return { target, seq, change: op, content: op === "delete" ? DELETED : contentOf(message) };
}

/** The row after an operation on its message. One that the row has taken before changes nothing. */
export function applied(row: Row, { seq, change, content }: Exclude<Arrival, { row: Row }>): Row {
  if (seq <= row.version || row.kind === "deleted") return row;
  if (change !== "append") return { ...row, ...content, isEdited: change === "edit", version: seq };
  const text = row.text.length < MAX_TEXT ? truncate(row.text + content.text, MAX_TEXT, MAX_TEXT) : row.text;
  return { ...row, text, size: row.size + content.size, version: seq };
}

function contentOf(message: HistoryMessage | RoomMessage): Content {
  if ("bytes" in message && message.bytes !== undefined)
    return { kind: "binary", text: "", size: message.bytes.length };
  // Base64 has four characters for three bytes.
  if ("binary" in message)
    return { kind: "binary", text: "", size: Math.floor((message.binary.replace(/=+$/, "").length * 3) / 4) };
  const { data } = message;
  const plain = plainText(data);
  const text = plain ?? JSON.stringify(data) ?? "";
  return {
    kind: plain === undefined ? "json" : "text",
    text: truncate(text, MAX_TEXT, MAX_TEXT),
    size: text.length,
  };
}

/** The text of a message of the chat page, or of a bare string. Everything else is shown as JSON, so that nothing is hidden. */
function plainText(data: unknown): string | undefined {
  if (typeof data === "string") return data;
  if (typeof data !== "object" || data === null || !("text" in data)) return undefined;
  return Object.keys(data).length === 1 && typeof data.text === "string" ? data.text : undefined;
}

/** A member for a sentence: the name, and the id, which nobody else can have. */
export function authorOf({ name, from }: Pick<Row, "name" | "from">): string {
  return `${toIsolatedLine(name)} (${toIsolatedLine(from)})`;
}
