import * as v from "valibot";
import { digits, problemSchema } from "./api.ts";
import { BATCH_ROOMS, ROOM_BYTES, ROOMS_LIMIT } from "./limits.ts";
import type { Imported, ListedRoom } from "./room-list.ts";

/** The calls of operators: the list of rooms, export and import, and the data of a member. `docs/HTTP.md` documents them. */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const namePart = (description: string) =>
  v.pipe(
    v.string(),
    v.maxLength(ROOM_BYTES, `must have at most ${ROOM_BYTES} characters`),
    v.description(description),
  );

export const roomsQuerySchema = v.object({
  prefix: v.optional(namePart("Only rooms whose names begin with this.")),
  after: v.optional(namePart("The last room of the page before.")),
  limit: v.optional(
    digits(1, ROOMS_LIMIT.max, `The maximum number of rooms. Default: ${ROOMS_LIMIT.default}.`),
  ),
});

export const listedRoomSchema = v.object({
  room: v.string(),
  members: count,
  seq: count,
  activeAt: count,
  sockets: v.optional(count),
  rate: v.optional(count),
  stale: v.optional(v.literal(true)),
} satisfies { [Field in keyof Required<ListedRoom>]: v.GenericSchema<ListedRoom[Field]> });

export const roomsPageSchema = v.object({ rooms: v.array(listedRoomSchema), more: v.boolean() });

export const exportQuerySchema = v.object({
  after: v.optional(
    digits(0, Number.MAX_SAFE_INTEGER, "Begin after the message with this seq, to continue an export."),
  ),
});

export const importedSchema = v.object({
  epoch: v.string(),
  messages: count,
  seq: count,
} satisfies { [Field in keyof Imported]: v.GenericSchema<Imported[Field]> });

const roomsSize = `must have 1 to ${BATCH_ROOMS} rooms`;

/** The rooms from which the data of a member is removed. Without a body, all rooms of the list. */
export const memberRemovalBodySchema = v.strictObject({
  rooms: v.pipe(
    v.array(v.string("must be a room name"), "must be a list of room names"),
    v.minLength(1, roomsSize),
    v.maxLength(BATCH_ROOMS, roomsSize),
  ),
});

export const memberRemovalQuerySchema = v.object({
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,15}\.[\s\S]+$/, "must be the cursor of an earlier answer"),
      v.maxLength(ROOM_BYTES + 16, "must be the cursor of an earlier answer"),
      v.description("The `cursor` of the answer before, to continue."),
    ),
  ),
});

/** Counts of what was removed from a room: messages, reactions, a ban; and how many sockets were closed. */
export const removedDataSchema = v.object({
  room: v.string(),
  messages: count,
  reactions: count,
  sockets: count,
  ban: v.boolean(),
});

/** With `more`, the call is repeated with `cursor`. */
export const memberRemovalSchema = v.object({
  rooms: v.array(v.union([removedDataSchema, v.object({ room: v.string(), problem: problemSchema })])),
  more: v.boolean(),
  cursor: v.optional(v.string()),
});
export type MemberRemovalAnswer = v.InferOutput<typeof memberRemovalSchema>;
