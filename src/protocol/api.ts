import * as v from "valibot";
import { GUEST_CAPABILITIES } from "./capabilities.ts";
import { historyMessageSchema, memberSchema } from "./down.ts";
import { ERROR_CODES } from "./errors.ts";
import { epochSchema, idSchema, jsonSchema, signalFields } from "./fields.ts";
import { BAN_SECONDS, BATCH_MESSAGES, BATCH_ROOMS, HISTORY_LIMIT, INVITATION_SECONDS } from "./limits.ts";
import { STREAM_ENDS } from "./operations.ts";
import type { Problem } from "./problem.ts";

/** The bodies, queries and answers of the HTTP API that the socket does not share. `docs/HTTP.md` documents them. */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A whole number in a query. The error texts complete a sentence that begins with the name of the parameter. */
export function digits(min: number, max: number, description: string) {
  const range =
    max === Number.MAX_SAFE_INTEGER
      ? `must be a whole number of at least ${min}`
      : `must be ${min} to ${max}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,16}$/, range),
    v.transform(Number),
    v.number(),
    v.integer(),
    v.minValue(min, range),
    v.maxValue(max, range),
    v.description(description),
  );
}

const anySeq = (description: string) => digits(0, Number.MAX_SAFE_INTEGER, description);

const INVITATION_RANGE = `must be a whole number from ${INVITATION_SECONDS.min} to ${INVITATION_SECONDS.max}`;

/** A message to publish. `id` makes a retry safe. */
export const postedMessageSchema = v.strictObject({
  id: v.optional(idSchema),
  data: jsonSchema,
  stream: v.optional(
    v.pipe(v.literal(true, "must be true"), v.description("The text of the message follows in appends.")),
  ),
});

/** The new data of a message. */
export const editBodySchema = v.strictObject({ id: v.optional(idSchema), data: jsonSchema });

/** Text to append to a message. `id` makes a retry safe. */
export const appendBodySchema = v.strictObject({
  id: v.optional(idSchema),
  data: v.string("must be a string"),
  end: v.optional(
    v.pipe(
      v.picklist(STREAM_ENDS, `must be one of: ${STREAM_ENDS.join(", ")}`),
      v.description("The append ends the stream of the message."),
    ),
  ),
});

const batchSize = `must have 1 to ${BATCH_MESSAGES} messages`;

/** Messages that are stored as a whole or not at all. */
export const batchSchema = v.strictObject({
  messages: v.pipe(
    v.array(postedMessageSchema, "must be a list of messages"),
    v.minLength(1, batchSize),
    v.maxLength(BATCH_MESSAGES, batchSize),
  ),
});

/** The body of `POST /v1/rooms/{room}/messages`. */
export const publishBodySchema = v.union([postedMessageSchema, batchSchema]);
export type PublishBody = v.InferOutput<typeof publishBodySchema>;

const roomsSize = `must have 1 to ${BATCH_ROOMS} rooms`;

/** The body of `POST /v1/messages`: one message for many rooms. */
export const publishManyBodySchema = v.strictObject({
  rooms: v.pipe(
    v.array(v.string("must be a room name"), "must be a list of room names"),
    v.minLength(1, roomsSize),
    v.maxLength(BATCH_ROOMS, roomsSize),
  ),
  ...postedMessageSchema.entries,
});

/** The result for one message. `dup` is true where its id was already in the log: `seq` is then that of the existing message. */
export const receiptSchema = v.object({ id: v.string(), seq: count, dup: v.boolean() });
export type Receipt = v.InferOutput<typeof receiptSchema>;

export const publishedSchema = v.object({ epoch: v.string(), messages: v.array(receiptSchema) });
export type Published = v.InferOutput<typeof publishedSchema>;

/** Validates a `Problem`. */
export const problemSchema = v.object({
  type: v.string(),
  title: v.string(),
  status: v.pipe(v.number(), v.integer()),
  code: v.picklist(ERROR_CODES),
  detail: v.string(),
  retryAfter: v.exactOptional(count),
  needs: v.exactOptional(v.string()),
} satisfies { [Field in keyof Required<Problem>]: v.GenericSchema<Problem[Field]> });

/** One result per room, in the order of `rooms` in the request. */
export const publishedManySchema = v.object({
  results: v.array(
    v.union([
      v.object({ room: v.string(), ...publishedSchema.entries }),
      v.object({ room: v.string(), problem: problemSchema }),
    ]),
  ),
});
export type PublishedMany = v.InferOutput<typeof publishedManySchema>;

/** Messages, oldest first. `more` is true where there are more in the requested direction. `epoch` identifies their log. */
export const pageSchema = v.object({
  epoch: v.string(),
  messages: v.array(historyMessageSchema),
  more: v.boolean(),
});
export type Page = v.InferOutput<typeof pageSchema>;

/** `closed` is the number of closed sockets. */
export const erasedSchema = v.object({ epoch: v.string(), closed: count });
export type Erased = v.InferOutput<typeof erasedSchema>;

export const kickedSchema = v.object({ kicked: count });

/** The body of `POST /v1/rooms/{room}/signals`. */
export const signalBodySchema = v.strictObject(signalFields);

export const sentSchema = v.object({ sent: v.literal(true) });

/** `members` is null where the room has more than `MEMBERS_LISTED`. */
export const membersSchema = v.object({ members: v.nullable(v.array(memberSchema)), count });

/** The capabilities and the lifetime of an invitation. */
export const invitationBodySchema = v.strictObject({
  can: v.optional(
    v.pipe(
      v.array(v.picklist(GUEST_CAPABILITIES, `must be some of ${GUEST_CAPABILITIES.join(", ")}`)),
      v.nonEmpty("must have at least one capability"),
      v.description("Default: those of a guest that the caller has."),
    ),
  ),
  expiresIn: v.optional(
    v.pipe(
      v.number(INVITATION_RANGE),
      v.integer(INVITATION_RANGE),
      v.minValue(INVITATION_SECONDS.min, INVITATION_RANGE),
      v.maxValue(INVITATION_SECONDS.max, INVITATION_RANGE),
      v.description(`Seconds. Default: ${INVITATION_SECONDS.default}`),
    ),
  ),
});

/** An invitation to a room. `expiresAt` is in milliseconds since the epoch of time. */
export const invitationSchema = v.object({ token: v.string(), expiresAt: count });

/** How the service signs people in. */
export const signInSchema = v.object({
  tokenRequired: v.boolean(),
  loginUrl: v.optional(v.pipe(v.string(), v.description("An address, or a path of the same origin."))),
});

export const aliveSchema = v.object({ status: v.literal("ok") });

export const nameQuery = {
  name: v.optional(v.pipe(v.string(), v.description("The name of the guest. Ignored with a token."))),
};

export const pageQuerySchema = v.object({
  before: v.optional(
    anySeq(
      "Return the last messages with a seq below this one. Without `before` and `after`, return the newest.",
    ),
  ),
  after: v.optional(anySeq("Return the first messages with a seq above this one.")),
  epoch: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(64, "must have at most 64 characters"),
      v.description(
        "The epoch of an earlier page. If the room was erased since then, the answer is 409 `epoch_changed`.",
      ),
    ),
  ),
  limit: v.optional(
    digits(1, HISTORY_LIMIT.max, `The maximum number of messages. Default: ${HISTORY_LIMIT.default}.`),
  ),
});

export const joinQuerySchema = v.object({
  cursor: v.optional(
    v.pipe(v.string(), v.description("`<epoch>.<seq>`: start with the messages after this position.")),
  ),
  history: v.optional(
    anySeq(
      "Start with the last N messages. Used without a cursor, or where the session cannot resume from it.",
    ),
  ),
  features: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(256, "must have at most 256 characters"),
      v.description("The protocol features that this client supports, separated by commas: `marks`."),
    ),
  ),
  ops: v.optional(
    v.pipe(
      v.picklist(["json"], "must be json"),
      v.description("`json`: a plain socket receives operations on messages as JSON."),
    ),
  ),
  attempt: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(64, "must have at most 64 characters"),
      v.description(
        "A random text that names an upgrade. Where the room refused that upgrade in the last 10 seconds, the same request without the " +
          "upgrade is answered in the same way.",
      ),
    ),
  ),
  ...nameQuery,
});

export const publishQuerySchema = v.object(nameQuery);

export const operationQuerySchema = v.object({
  ...nameQuery,
  epoch: v.optional(
    v.pipe(
      epochSchema,
      v.description(
        "The epoch that the seq belongs to. If the room was erased since then, the answer is 404 `invalid_target`.",
      ),
    ),
  ),
});

export const banQuerySchema = v.object({
  ban: v.optional(digits(0, BAN_SECONDS, "How long the member cannot return, in seconds. 0 lifts a ban.")),
});
