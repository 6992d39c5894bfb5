import * as v from "valibot";
import { historyMessageSchema, memberSchema } from "./down.ts";
import { ERROR_CODES } from "./errors.ts";
import { idSchema, jsonSchema, signalFields } from "./fields.ts";
import { BAN_SECONDS, BATCH_MESSAGES, BATCH_ROOMS, HISTORY_LIMIT } from "./limits.ts";
import type { Problem } from "./problem.ts";

/** What the HTTP API takes and answers, beside what it shares with the socket. Meanings: docs/HTTP.md. */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A whole number as a query writes it. */
function digits(min: number, max: number, description: string) {
  const range = max === Number.MAX_SAFE_INTEGER ? `is a whole number, ${min} or more` : `is ${min} to ${max}`;
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

/** A message to publish; `id` makes a retry safe. */
export const postedMessageSchema = v.strictObject({ id: v.optional(idSchema), data: jsonSchema });

const batchSize = `must hold 1 to ${BATCH_MESSAGES} messages`;

/** Messages to publish all together, or none of them. */
export const batchSchema = v.strictObject({
  messages: v.pipe(
    v.array(postedMessageSchema, "must be a list of messages"),
    v.minLength(1, batchSize),
    v.maxLength(BATCH_MESSAGES, batchSize),
  ),
});

/** `POST /v1/rooms/{room}/messages` */
export const publishBodySchema = v.union([postedMessageSchema, batchSchema]);
export type PublishBody = v.InferOutput<typeof publishBodySchema>;

const roomsSize = `must hold 1 to ${BATCH_ROOMS} rooms`;

/** `POST /v1/messages`: one message to many rooms. */
export const publishManyBodySchema = v.strictObject({
  rooms: v.pipe(
    v.array(v.string("must be a room name"), "must be a list of room names"),
    v.minLength(1, roomsSize),
    v.maxLength(BATCH_ROOMS, roomsSize),
  ),
  ...postedMessageSchema.entries,
});

/** What became of a message. `dup`: its id was in the log already, with this seq; nothing was added. */
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

/** Each room's own answer, in the order in which the rooms were named. */
export const publishedManySchema = v.object({
  results: v.array(
    v.union([
      v.object({ room: v.string(), ...publishedSchema.entries }),
      v.object({ room: v.string(), problem: problemSchema }),
    ]),
  ),
});
export type PublishedMany = v.InferOutput<typeof publishedManySchema>;

/** Oldest first. `more`: there are more in the requested direction. `epoch`: the log that the messages belong to. */
export const pageSchema = v.object({
  epoch: v.string(),
  messages: v.array(historyMessageSchema),
  more: v.boolean(),
});
export type Page = v.InferOutput<typeof pageSchema>;

/** `closed`: how many sockets that was. */
export const erasedSchema = v.object({ epoch: v.string(), closed: count });
export type Erased = v.InferOutput<typeof erasedSchema>;

export const kickedSchema = v.object({ kicked: count });

/** `POST /v1/rooms/{room}/signals` */
export const signalBodySchema = v.strictObject(signalFields);

export const sentSchema = v.object({ sent: v.literal(true) });

/** `members`: null where there are too many to be listed. */
export const membersSchema = v.object({ members: v.nullable(v.array(memberSchema)), count });

export const aliveSchema = v.object({ status: v.literal("ok") });

export const nameQuery = {
  name: v.optional(v.pipe(v.string(), v.description("The name of a guest."))),
};

export const pageQuerySchema = v.object({
  before: v.optional(anySeq("The last messages with a seq below this one; if neither is given, the newest.")),
  after: v.optional(anySeq("The first messages with a seq above this one.")),
  epoch: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(64, "has at most 64 characters"),
      v.description(
        "The epoch of an earlier page: where the room was erased since, the answer is 409 `epoch_changed`.",
      ),
    ),
  ),
  limit: v.optional(
    digits(1, HISTORY_LIMIT.max, `How many messages at most; ${HISTORY_LIMIT.default} if not said.`),
  ),
});

export const joinQuerySchema = v.object({
  cursor: v.optional(
    v.pipe(v.string(), v.description("`<epoch>.<seq>`: begin with what came after this position.")),
  ),
  history: v.optional(
    anySeq("Where there is no cursor, or it is not honoured: begin with the last N messages."),
  ),
  features: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(256, "has at most 256 characters"),
      v.description("What this client speaks beyond the first version, separated by commas: `marks`."),
    ),
  ),
  ...nameQuery,
});

export const publishQuerySchema = v.object(nameQuery);

export const banQuerySchema = v.object({
  ban: v.optional(digits(0, BAN_SECONDS, "Seconds for which the member may not come back.")),
});
