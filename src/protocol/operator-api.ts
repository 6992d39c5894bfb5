import * as v from "valibot";
import { digits, problemSchema } from "./api.ts";
import { BATCH_ROOMS, ROOM_BYTES, ROOMS_LIMIT } from "./limits.ts";
import type { Imported, ListedRoom } from "./room-list.ts";
import type { ServiceSettings, SettingInForce, SettingProblem } from "./service-settings.ts";
import { WEBHOOK_FAILURES, WEBHOOK_STATES, type WebhookState } from "./webhook-state.ts";

/**
 * The calls of operators: the list of rooms, settings, the state of a webhook, export and import, and the data of a member. `docs/HTTP.md`
 * documents them.
 */

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

export const settingsQuerySchema = v.object({
  room: v.optional(
    v.pipe(
      v.string(),
      v.description("The settings of this room, with those that the Worker's code gives to it."),
    ),
  ),
});

const settingValue = v.nullable(v.union([v.number(), v.string()]));

export const settingInForceSchema = v.object({
  name: v.string(),
  source: v.picklist(["default", "environment", "code"]),
  value: v.optional(settingValue),
  partial: v.optional(v.literal(true)),
  secret: v.optional(v.literal(true)),
  set: v.optional(v.boolean()),
  default: settingValue,
  unit: v.optional(v.string()),
  min: v.optional(v.number()),
  max: v.optional(v.number()),
  unused: v.optional(v.picklist(["code_sign_in", "no_file_store", "no_webhook"])),
} satisfies { [Field in keyof Required<SettingInForce>]: v.GenericSchema<SettingInForce[Field]> });

export const serviceSettingsSchema = v.object({
  version: v.string(),
  contract: count,
  room: v.nullable(v.string()),
  signIn: v.picklist(["tokens", "code"]),
  codeSettings: v.boolean(),
  bindings: v.object({
    FILES: v.boolean(),
    METRICS: v.boolean(),
    DIRECTORY: v.boolean(),
    JOINS: v.boolean(),
  }),
  settings: v.array(settingInForceSchema),
  problems: v.array(
    v.object({
      name: v.optional(v.string()),
      detail: v.string(),
    } satisfies { [Field in keyof Required<SettingProblem>]: v.GenericSchema<SettingProblem[Field]> }),
  ),
} satisfies { [Field in keyof ServiceSettings]: v.GenericSchema<ServiceSettings[Field]> });

export const webhookStateSchema = v.object({
  set: v.boolean(),
  state: v.picklist(WEBHOOK_STATES),
  lastSuccess: v.nullable(v.object({ at: count, status: count })),
  lastFailure: v.nullable(
    v.object({
      at: count,
      status: v.optional(count),
      code: v.optional(v.picklist(WEBHOOK_FAILURES)),
    }),
  ),
  failures: count,
  backlog: v.object({ messages: count, membershipEvents: count, bytes: count }),
  dropped: count,
  nextAttemptAt: v.nullable(count),
} satisfies { [Field in keyof WebhookState]: v.GenericSchema<WebhookState[Field]> });

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
