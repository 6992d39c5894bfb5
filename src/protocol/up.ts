import * as v from "valibot";
import { epochSchema, idSchema, reactionKeySchema, signalFields } from "./fields.ts";
import { HISTORY_LIMIT, MARK_CHARS } from "./limits.ts";
import { OPERATIONS, STREAM_ENDS } from "./operations.ts";

/** The events that a client sends. `docs/PROTOCOL.md` documents them. */

const seqSchema = v.pipe(
  v.number("must be a number"),
  v.safeInteger("must be a whole number"),
  v.minValue(0, "must not be negative"),
);

/** A message to store, number and send to everyone, or an operation on one. `id` makes a retry safe. */
export const publishSchema = v.object({
  type: v.literal("publish"),
  id: idSchema,
  data: v.optional(v.unknown()),
  op: v.optional(v.picklist(OPERATIONS, `must be one of: ${OPERATIONS.join(", ")}`)),
  target: v.optional(seqSchema),
  key: v.optional(reactionKeySchema),
  stream: v.optional(v.literal(true, "must be true")),
  end: v.optional(v.picklist(STREAM_ENDS, `must be one of: ${STREAM_ENDS.join(", ")}`)),
  epoch: v.optional(epochSchema),
});

/**
 * Ephemeral data, without a seq and not stored. `to` lists the members who receive it; absent, everyone does. With a `key`, a newer
 * signal of the same member replaces an older one that was not sent yet.
 */
export const signalSchema = v.object({ type: v.literal("signal"), ...signalFields });

/** The public state of this session. Only guests may change their `name`. */
export const presenceSchema = v.object({
  type: v.literal("presence"),
  name: v.optional(v.string("must be a string")),
  state: v.optional(v.unknown()),
});

/** A request for older messages: the last `limit` with a seq below `before`, or the newest where it is absent. */
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

/** Flow control: the client has read everything up to `seq`. `mark` is the text of the `mark` event that it answers. */
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

/** A new token, before the current one expires. */
export const authSchema = v.object({
  type: v.literal("auth"),
  token: v.pipe(v.string("must be a string"), v.minLength(1, "must not be empty")),
});

/** Every event that a text frame can carry. */
export const upSchema = v.variant("type", [
  publishSchema,
  signalSchema,
  presenceSchema,
  historySchema,
  receivedSchema,
  authSchema,
]);

/** The header of a binary frame; the bytes after it are the data. */
export const binaryUpSchema = v.object({ type: v.literal("publish"), id: idSchema });

export type Up = v.InferOutput<typeof upSchema>;
export type BinaryUp = v.InferOutput<typeof binaryUpSchema>;
export type UpType = Up["type"];

export const UP_TYPES: readonly UpType[] = upSchema.options.map(({ entries }) => entries.type.literal);
