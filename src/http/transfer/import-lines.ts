import * as v from "valibot";
import { fromBase64 } from "../../protocol/base64.ts";
import { DormouseError, type ErrorCode } from "../../protocol/errors.ts";
import { idSchema, whatIsWrong } from "../../protocol/fields.ts";
import { isDeeper } from "../../protocol/json.ts";
import { DATA_DEPTH, MEMBER_CHARS, REACTION_KEY_CHARS, REACTION_KEYS } from "../../protocol/limits.ts";
import { isMemberId, isPrintable } from "../../protocol/names.ts";
import { utf8Length } from "../../protocol/text.ts";
import type { ExportedMessage } from "../../protocol/transfer.ts";
import type { Line } from "./read-lines.ts";

/** A clock may be ahead of that of another service by this much: milliseconds. */
const AHEAD_MS = 60_000;

const NAME_CHARS = 256;

/** Upper limit of a seq, so that the room can number as many messages again, and a cursor of 15 digits holds it. */
const MAX_SEQ = 1e14;

const timeSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const seqSchema = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
  v.maxValue(MAX_SEQ, `must be at most ${MAX_SEQ}`),
);
const memberSchema = v.pipe(
  v.string(),
  v.maxLength(MEMBER_CHARS),
  v.check(isMemberId, "must be a member id, without control characters"),
);
const nameSchema = v.pipe(
  v.string(),
  v.maxLength(NAME_CHARS),
  v.check(isPrintable, "must have no control character"),
);

const headerSchema = v.strictObject({
  room: v.string(),
  epoch: v.string(),
  seq: seqSchema,
  floor: seqSchema,
  after: v.optional(seqSchema),
});
const endSchema = v.strictObject({ end: v.literal(true), seq: seqSchema });
const messageSchema = v.strictObject({
  seq: v.pipe(seqSchema, v.minValue(1)),
  at: timeSchema,
  id: idSchema,
  from: memberSchema,
  name: nameSchema,
  data: v.optional(v.unknown()),
  binary: v.optional(v.string()),
  stream: v.optional(v.literal("incomplete")),
  edited: v.optional(timeSchema),
  deleted: v.optional(v.literal(true)),
  // A record of the schema library leaves some keys out.
  reactions: v.optional(v.custom<object>((value) => typeof value === "object" && value !== null)),
  version: v.optional(v.pipe(seqSchema, v.minValue(1))),
});
const reactionSchema = v.strictObject({ count: seqSchema, members: v.array(memberSchema) });

/** The kinds of line. A header may follow where two parts of an export are put together. */
export type ImportLine = { floor: number } | { message: ExportedMessage } | { end: number };

/** Reads the lines of an export, and checks each against those before it. Errors name the line and the reason. */
export class ImportLines {
  readonly #messageBytes: number;
  readonly #latest = Date.now() + AHEAD_MS;
  #header: v.InferOutput<typeof headerSchema> | undefined;
  #seq = 0;
  #at = 0;
  #version = 0;
  #isEnded = false;

  /** @param messageBytes the limit of the room */
  constructor(messageBytes: number) {
    this.#messageBytes = messageBytes;
  }

  /** @throws DormouseError `bad_json`, `invalid_event`, `too_big` */
  read({ text, number }: Line): ImportLine {
    const fail = (why: string, code: ErrorCode = "invalid_event") =>
      new DormouseError(code, `Line ${number}: ${why}. Nothing was imported.`);
    const json = parsed(text);
    if (json === undefined) throw fail("it is not a JSON object", "bad_json");
    if (this.#isEnded) throw fail("it follows the line that ends the export");
    try {
      if ("room" in json) return this.#readHeader(checked(headerSchema, json));
      if (this.#header === undefined)
        throw new LineError(
          "the first line must be the header of an export, with room, epoch, seq and floor",
        );
      if ("end" in json) return this.#readEnd(checked(endSchema, json));
      if ("error" in json) throw new LineError("the export was ended by an error, so it is not whole");
      return { message: this.#readMessage(checked(messageSchema, json)) };
    } catch (error) {
      if (error instanceof LineError) throw fail(error.message, error.code);
      throw error;
    }
  }

  /** @throws DormouseError `invalid_event` where the last line is missing */
  checkEnd(): void {
    if (this.#isEnded) return;
    const why = `The last line of the export is missing, so it is not whole. Continue the export after ${this.#seq}, and add the rest.`;
    throw new DormouseError("invalid_event", `${why} Nothing was imported.`);
  }

  #readHeader(header: v.InferOutput<typeof headerSchema>): ImportLine {
    const floor = Math.max(header.floor, header.after ?? 0);
    if (this.#header === undefined) {
      this.#header = header;
      this.#seq = floor;
      return { floor };
    }
    if (header.epoch !== this.#header.epoch)
      throw new LineError("it begins an export of another room, or from after an erase");
    if ((header.after ?? 0) > this.#seq)
      throw new LineError(`messages between ${this.#seq} and ${header.after} are missing`);
    return { floor };
  }

  #readEnd({ seq }: v.InferOutput<typeof endSchema>): ImportLine {
    if (seq < this.#seq) throw new LineError("its seq is lower than that of a message");
    this.#isEnded = true;
    // An operation may have come while the export was on its way.
    return { end: Math.max(seq, this.#version) };
  }

  #readMessage(message: v.InferOutput<typeof messageSchema>): ExportedMessage {
    const { seq, at, version = 0, data, binary, deleted, edited, reactions, stream } = message;
    if (seq <= this.#seq)
      throw new LineError(`seq must be higher than ${this.#seq}, that of the line before`);
    if (at < this.#at) throw new LineError("at is before that of the line before");
    if (at > this.#latest) throw new LineError("at is in the future");
    if (deleted) {
      if (data !== undefined || binary !== undefined)
        throw new LineError("a deleted message has no data and no binary");
    } else if ((data === undefined) === (binary === undefined))
      throw new LineError("a message has either data or binary");
    const isChanged = edited !== undefined || deleted === true || reactions !== undefined;
    if (isChanged && version === 0) throw new LineError("version is required: the seq of the last operation");
    if (edited !== undefined && edited > this.#latest) throw new LineError("edited is in the future");
    if (version !== 0 && version <= seq) throw new LineError("version must be higher than seq");
    if (stream !== undefined && binary !== undefined) throw new LineError("a stream has data, not binary");
    this.#checkSize(data, binary);
    const checkedReactions = reactions === undefined ? {} : { reactions: reactionsOf(reactions) };
    this.#seq = seq;
    this.#at = at;
    this.#version = Math.max(this.#version, version);
    return { ...message, ...checkedReactions } as ExportedMessage;
  }

  #checkSize(data: unknown, binary: string | undefined): void {
    const max = this.#messageBytes;
    if (binary !== undefined) {
      const bytes = bytesOf(binary);
      if (bytes === undefined) throw new LineError("binary must be base64");
      if (bytes > max) throw new LineError(`the message has more than ${max} bytes`, "too_big");
    } else if (data !== undefined) {
      if (isDeeper(data, DATA_DEPTH))
        throw new LineError(`the data is nested more than ${DATA_DEPTH} levels deep`);
      const quotes = typeof data === "string" ? 2 : 0;
      if (utf8Length(JSON.stringify(data)) > max + quotes)
        throw new LineError(`the message has more than ${max} bytes`, "too_big");
    }
  }
}

/** The fault of a line, as the end of a sentence. */
class LineError extends Error {
  readonly code: ErrorCode;

  constructor(why: string, code: ErrorCode = "invalid_event") {
    super(why);
    this.code = code;
  }
}

function parsed(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function checked<Schema extends v.GenericSchema>(schema: Schema, json: object): v.InferOutput<Schema> {
  const line = v.safeParse(schema, json, { abortEarly: true });
  if (line.success) return line.output;
  throw new LineError(whatIsWrong(line.issues[0]));
}

function reactionsOf(given: object): NonNullable<ExportedMessage["reactions"]> {
  const entries = Object.entries(given);
  if (entries.length > REACTION_KEYS.message)
    throw new LineError(`a message has at most ${REACTION_KEYS.message} different reactions`);
  const reactions = entries.map(([key, value]) => {
    if (key.length === 0 || key.length > REACTION_KEY_CHARS || !key.isWellFormed())
      throw new LineError(`the key of a reaction has 1 to ${REACTION_KEY_CHARS} characters`);
    const { count, members } = checked(reactionSchema, Object(value));
    if (count === 0 || new Set(members).size !== count || members.length !== count)
      throw new LineError("a reaction must list each of its members once");
    return [key, { count, members }] as const;
  });
  return Object.fromEntries(reactions);
}

/** @returns undefined where the text is not base64 */
function bytesOf(binary: string): number | undefined {
  try {
    return fromBase64(binary).length;
  } catch {
    return undefined;
  }
}
