import { fromBase64 } from "../../protocol/base64.ts";
import type { LogMessage } from "../../protocol/down.ts";
import { REACTION_MEMBERS } from "../../protocol/limits.ts";
import { type Reaction, type StreamEnd, type StreamState, textIn } from "../../protocol/operations.ts";
import { utf8Length } from "../../protocol/text.ts";
import type { FormRow } from "./form-rows.ts";

/** A message as the operations on it have made it. A form is not changed: each operation makes another. */
export type Form = {
  readonly seq: number;
  readonly from: string;
  /** Whether an operation changed the data. */
  readonly isChanged: boolean;
  /** The changed data as JSON; undefined where it is not encoded yet. */
  readonly json: string | undefined;
  /** The same, parsed; undefined for bytes. Known once it was needed. */
  readonly data: unknown;
  /** Whether the message holds bytes. */
  readonly isBinary: boolean;
  /** Bytes of the data as JSON in UTF-8. */
  readonly size: number;
  readonly edited: number | undefined;
  readonly deleted: boolean;
  /** The seq of the last operation; 0 where there was none. */
  readonly version: number;
  readonly stream: StreamState | undefined;
  readonly reactions: Readonly<Record<string, Reaction>>;
  /** The first seqs of the rows with edits and appends of this message; undefined where there are too many to list. */
  readonly rows: readonly number[] | undefined;
};

/** Rows of a message that are listed. */
const MAX_ROWS = 64;

/** The form of a message that no operation has changed. */
export function originalForm(message: LogMessage): Form {
  const { seq, from } = message;
  const isBinary = "binary" in message;
  const data = "binary" in message ? undefined : message.data;
  return {
    seq,
    from,
    isChanged: false,
    json: undefined,
    data,
    isBinary,
    size: "binary" in message ? fromBase64(message.binary).length : utf8Length(JSON.stringify(data) ?? ""),
    edited: undefined,
    deleted: false,
    version: 0,
    stream: message.stream,
    reactions: {},
    rows: [],
  };
}

/** Returns the text that an append extends. Returns undefined if the message is binary, is deleted or has no text. */
export function textOf({ data, isBinary, deleted }: Form): string | undefined {
  return isBinary || deleted ? undefined : textIn(data);
}

export function edited(form: Form, json: string, version: number, at: number): Form {
  const data: unknown = JSON.parse(json);
  return {
    ...form,
    isChanged: true,
    json,
    data,
    isBinary: false,
    size: utf8Length(json),
    edited: at,
    version,
  };
}

export function deleted(form: Form, version: number): Form {
  const { seq, from } = form;
  return {
    seq,
    from,
    isChanged: true,
    json: undefined,
    data: undefined,
    isBinary: false,
    size: 0,
    edited: undefined,
    deleted: true,
    version,
    stream: undefined,
    reactions: {},
    rows: [],
  };
}

/** @param text of the form, which has one */
export function appended(
  form: Form,
  { text, piece, end, version }: { text: string; piece: string; end: StreamEnd | undefined; version: number },
): Form {
  const whole = text + piece;
  const data = typeof form.data === "string" ? whole : { ...(form.data as object), text: whole };
  // The quotes of the piece do not count.
  const size = form.size + utf8Length(JSON.stringify(piece)) - 2;
  const stream = end === "complete" ? undefined : (end ?? form.stream);
  return { ...form, isChanged: true, json: undefined, data, size, version, stream };
}

/** Adds a reaction or removes it, as clients do (`client/timeline/fold.ts`). @param isAdded whether it is added: it was not set before */
export function reacted(form: Form, key: string, member: string, isAdded: boolean, version: number): Form {
  const before = Object.hasOwn(form.reactions, key) ? form.reactions[key] : undefined;
  const { count, members } = before ?? { count: 0, members: [] };
  const { [key]: _, ...others } = form.reactions;
  const rest = members.filter((each) => each !== member);
  const reaction = {
    count: count + (isAdded ? 1 : -1),
    members: (isAdded ? [...rest, member] : rest).slice(0, REACTION_MEMBERS),
  };
  return { ...form, reactions: reaction.count > 0 ? { ...others, [key]: reaction } : others, version };
}

/** The form with one more row that holds content of it. */
export function withRow(form: Form, first: number): Form {
  const { rows } = form;
  if (rows === undefined || rows.at(-1) === first) return form;
  return { ...form, rows: rows.length < MAX_ROWS ? [...rows, first] : undefined };
}

/** A stored form over the original. */
export function storedForm(original: Form, row: FormRow): Form {
  const { version, edited, deleted: isDeleted, data, reactions, rows, stream } = row;
  if (isDeleted === 1) return deleted(original, version);
  const changed =
    data === null
      ? {}
      : { isChanged: true, json: data, data: JSON.parse(data), isBinary: false, size: utf8Length(data) };
  return {
    ...original,
    ...changed,
    edited: edited ?? undefined,
    version,
    stream: stream ?? undefined,
    reactions: reactions === null ? {} : JSON.parse(reactions),
    rows: rows === null ? undefined : JSON.parse(rows),
  };
}
