import * as v from "valibot";
import { CAPABILITIES } from "./capabilities.ts";
import { CLOSE_NAMES } from "./closes.ts";
import { ERROR_CODES } from "./errors.ts";

export type { Capability } from "./capabilities.ts";

/** What the server sends. Field names, sizes and meanings: docs/PROTOCOL.md. */

const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Milliseconds since the epoch of time, by the server's clock. */
const at = v.pipe(v.number(), v.safeInteger());
/** Milliseconds. */
const duration = v.pipe(v.number(), v.integer(), v.minValue(0));

export const capabilitySchema = v.picklist(CAPABILITIES);

export const memberSchema = v.object({ member: v.string(), name: v.string(), state: v.unknown() });
export type Member = v.InferOutput<typeof memberSchema>;

/** Why a cursor was not honoured. */
export const refusalSchema = v.picklist(["epoch", "trimmed", "ahead", "too_many"]);
export type Refusal = v.InferOutput<typeof refusalSchema>;

/** What this deployment allows: bytes, characters, counts. */
export const limitsSchema = v.object({
  messageBytes: count,
  nameChars: count,
  idChars: count,
  historyMessages: count,
  /** Messages a second, and at once; 0 a second: no limit. */
  publishRate: count,
  publishBurst: count,
  /** Signals and changes of presence, in the same way. */
  signalRate: count,
  signalBurst: count,
  signalBytes: count,
  stateBytes: count,
  /** Where present, the client answers with `received` after this many bytes. */
  ackBytes: v.optional(count),
});
export type Limits = v.InferOutput<typeof limitsSchema>;

/** The first frame. `seq` is the last one that the client has once what the resume or `history` owes has come. */
export const welcomeSchema = v.object({
  type: v.literal("welcome"),
  session: v.string(),
  member: v.string(),
  name: v.string(),
  epoch: v.string(),
  seq,
  resumed: v.boolean(),
  reason: v.optional(refusalSchema),
  can: v.array(capabilitySchema),
  /** Seconds between two pings. */
  heartbeat: v.pipe(v.number(), v.integer(), v.minValue(1)),
  limits: limitsSchema,
  members: v.nullable(v.array(memberSchema)),
  count,
  /** Parts of the protocol beyond its first version that this server speaks. A client ignores the names that it does not know. */
  features: v.optional(v.array(v.string())),
});

/** A message as it stands in a `messages` frame; its seq is `first` + its index. */
export const messageSchema = v.object({
  id: v.string(),
  from: v.string(),
  name: v.string(),
  data: v.unknown(),
});
export type Message = v.InferOutput<typeof messageSchema>;

export const messagesSchema = v.object({
  type: v.literal("messages"),
  first: seq,
  at,
  messages: v.pipe(v.array(messageSchema), v.minLength(1)),
});

/** Only where the id was in the log before, or the session may not read. */
export const ackSchema = v.object({ type: v.literal("ack"), id: v.string(), seq });

export const presenceChangeSchema = v.object({
  type: v.literal("presence"),
  joined: v.array(memberSchema),
  left: v.array(v.string()),
  updated: v.array(memberSchema),
  count,
});

export type PresenceChange = v.InferOutput<typeof presenceChangeSchema>;

export const signalledSchema = v.object({ from: v.string(), data: v.unknown() });
export type Signalled = v.InferOutput<typeof signalledSchema>;

export const signalsSchema = v.object({
  type: v.literal("signals"),
  signals: v.array(signalledSchema),
});
export type Signals = v.InferOutput<typeof signalsSchema>;

/** A message on its own, as `history` and the HTTP API give it: `data`, or `binary` in base64 (RFC 4648, section 4). */
export const historyMessageSchema = v.union([
  v.object({ seq, at, id: v.string(), from: v.string(), name: v.string(), binary: v.string() }),
  v.object({ seq, at, id: v.string(), from: v.string(), name: v.string(), data: v.unknown() }),
]);
export type HistoryMessage = v.InferOutput<typeof historyMessageSchema>;

/** Oldest first. `more`: there are older ones. */
export const historyPageSchema = v.object({
  type: v.literal("history"),
  id: v.string(),
  messages: v.array(historyMessageSchema),
  more: v.boolean(),
});

export const errorSchema = v.object({
  type: v.literal("error"),
  code: v.picklist(ERROR_CODES),
  message: v.string(),
  id: v.optional(v.string()),
  retryAfter: v.optional(duration),
});

/**
 * A random text that only this session receives. The client returns it in `received` once it has read everything before it,
 * which proves that it reads. Only clients that joined with `?features=marks` are sent marks.
 */
export const markSchema = v.object({ type: v.literal("mark"), mark: v.string() });

/** Just before the server closes. `after`: milliseconds to wait, before jitter. */
export const byeSchema = v.object({
  type: v.literal("bye"),
  code: v.picklist(CLOSE_NAMES),
  retry: v.picklist(["now", "later", "never"]),
  after: duration,
});

/** All that a text frame may hold. */
export const downSchema = v.variant("type", [
  welcomeSchema,
  messagesSchema,
  ackSchema,
  presenceChangeSchema,
  signalsSchema,
  historyPageSchema,
  errorSchema,
  markSchema,
  byeSchema,
]);
export type Down = v.InferOutput<typeof downSchema>;
export type Welcome = v.InferOutput<typeof welcomeSchema>;
export type Messages = v.InferOutput<typeof messagesSchema>;

/** The header of a binary frame; the bytes after it are the message. */
export const binaryDownSchema = v.object({
  type: v.literal("message"),
  seq,
  at,
  id: v.string(),
  from: v.string(),
  name: v.string(),
});
export type BinaryDown = v.InferOutput<typeof binaryDownSchema>;

/** `GET /v1/rooms/{room}` without an upgrade. A cursor at `floor` or above can be resumed. */
export const roomInfoSchema = v.object({ epoch: v.string(), seq, floor: seq, count });
export type RoomInfo = v.InferOutput<typeof roomInfoSchema>;
