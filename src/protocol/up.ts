import * as v from "valibot";
import { idSchema, jsonSchema, signalFields } from "./fields.ts";
import { HISTORY_LIMIT, MARK_CHARS } from "./limits.ts";

/** What a client sends. Field names, sizes and meanings: docs/PROTOCOL.md. */

const seqSchema = v.pipe(
  v.number("must be a number"),
  v.safeInteger("must be a whole number"),
  v.minValue(0, "must not be negative"),
);

/** Stored, numbered, sent to all. `id` makes a retry safe. */
export const publishSchema = v.object({ type: v.literal("publish"), id: idSchema, data: jsonSchema });

/**
 * Ephemeral: no seq, not stored. `to` names members; absent, it goes to all. With a `key`, a newer signal of the same member
 * takes the place of an older one that was not delivered yet.
 */
export const signalSchema = v.object({ type: v.literal("signal"), ...signalFields });

/** This session's public state; `name` only for guests. */
export const presenceSchema = v.object({
  type: v.literal("presence"),
  name: v.optional(v.string("must be a string")),
  state: v.optional(v.unknown()),
});

/** Older messages: the last `limit` with a seq below `before` (absent: the newest). */
export const historySchema = v.object({
  type: v.literal("history"),
  id: idSchema,
  before: v.optional(seqSchema),
  limit: v.optional(
    v.pipe(
      v.number("must be a number"),
      v.integer("must be a whole number"),
      v.minValue(1, `must be 1 to ${HISTORY_LIMIT.max}`),
      v.maxValue(HISTORY_LIMIT.max, `must be 1 to ${HISTORY_LIMIT.max}`),
    ),
    HISTORY_LIMIT.default,
  ),
});

/** Flow control: the client has read everything up to `seq`; `mark` is the text of the `mark` event that it answers. */
export const receivedSchema = v.object({
  type: v.literal("received"),
  seq: seqSchema,
  mark: v.optional(
    v.pipe(
      v.string("must be a string"),
      v.maxLength(MARK_CHARS, `must have at most ${MARK_CHARS} characters`),
    ),
  ),
});

/** A fresh token before the old one ends. */
export const authSchema = v.object({
  type: v.literal("auth"),
  token: v.pipe(v.string("must be a string"), v.minLength(1, "must not be empty")),
});

/** All that a text frame may hold. */
export const upSchema = v.variant("type", [
  publishSchema,
  signalSchema,
  presenceSchema,
  historySchema,
  receivedSchema,
  authSchema,
]);

/** The header of a binary frame. */
export const binaryUpSchema = v.object({ type: v.literal("publish"), id: idSchema });

export type Up = v.InferOutput<typeof upSchema>;
export type BinaryUp = v.InferOutput<typeof binaryUpSchema>;
export type UpType = Up["type"];

export const UP_TYPES: readonly UpType[] = upSchema.options.map(({ entries }) => entries.type.literal);
