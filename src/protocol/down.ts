import * as v from "valibot";
import { CAPABILITIES } from "./capabilities.ts";
import { CLOSE_NAMES } from "./closes.ts";
import { ERROR_CODES } from "./errors.ts";
import { OPERATIONS, STREAM_ENDS, STREAM_STATES } from "./operations.ts";
import type { Member, RoomInfo } from "./types.ts";

export type { Capability } from "./capabilities.ts";
export type { Member, RoomInfo } from "./types.ts";

/** Whether two types are the same. */
type Equal<A, B> = [A, B] extends [B, A] ? true : false;

/** The events that the server sends. `docs/PROTOCOL.md` documents them. */

const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Milliseconds since 1970, by the server's clock. */
const at = v.pipe(v.number(), v.safeInteger());
/** Milliseconds. */
const duration = v.pipe(v.number(), v.integer(), v.minValue(0));

export const capabilitySchema = v.picklist(CAPABILITIES);

export const memberSchema = v.object({ member: v.string(), name: v.string(), state: v.unknown() });
true satisfies Equal<v.InferOutput<typeof memberSchema>, Member>;

/** Why a session could not resume from its cursor. */
export const refusalSchema = v.picklist(["epoch", "trimmed", "ahead", "too_many"]);
export type Refusal = v.InferOutput<typeof refusalSchema>;

/** The limits of this deployment, in bytes, characters or counts. */
export const limitsSchema = v.object({
  messageBytes: count,
  nameChars: count,
  idChars: count,
  historyMessages: count,
  /** Messages per second, and in one burst. A rate of 0 means no limit. */
  publishRate: count,
  publishBurst: count,
  /** Signals and presence changes per second, and in one burst. */
  signalRate: count,
  signalBurst: count,
  signalBytes: count,
  stateBytes: count,
  /** Where present, the client sends `received` after this many bytes. */
  ackBytes: v.optional(count),
});
export type Limits = v.InferOutput<typeof limitsSchema>;

/** The first frame. `seq` is that of the newest message: the client has it once the replay is complete. */
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
  /** Seconds between pings. */
  heartbeat: v.pipe(v.number(), v.integer(), v.minValue(1)),
  limits: limitsSchema,
  members: v.nullable(v.array(memberSchema)),
  count,
  /** Additions to the first version of the protocol that this server supports. A client ignores unknown names. */
  features: v.optional(v.array(v.string())),
});

/** The fields that make a message an operation. `offset`: the length of the text before an append, in UTF-16 code units. */
const operationFields = {
  op: v.optional(v.picklist(OPERATIONS)),
  target: v.optional(seq),
  key: v.optional(v.string()),
  offset: v.optional(count),
  end: v.optional(v.picklist(STREAM_ENDS)),
};

export const reactionSchema = v.object({
  count,
  members: v.array(v.string()),
  mine: v.optional(v.boolean()),
});

/** The changes that operations made to a message. `edited`: ms; `version`: the seq of the last operation on it; `stream`: it is not whole. */
const changeFields = {
  stream: v.optional(v.picklist(STREAM_STATES)),
  edited: v.optional(at),
  deleted: v.optional(v.literal(true)),
  reactions: v.optional(v.record(v.string(), reactionSchema)),
  version: v.optional(seq),
};

/** A message in a `messages` frame. Its seq is `first` plus its index, unless it has one of its own. */
export const messageSchema = v.object({
  ...operationFields,
  id: v.string(),
  from: v.string(),
  name: v.string(),
  data: v.optional(v.unknown()),
  ...changeFields,
  seq: v.optional(seq),
  at: v.optional(at),
});
export type Message = v.InferOutput<typeof messageSchema>;

/** A frame with `last` covers the seqs from `first` to `last` with fewer messages. Each of them has a `seq` and an `at`. */
export const messagesSchema = v.object({
  type: v.literal("messages"),
  first: seq,
  last: v.optional(seq),
  at,
  messages: v.array(messageSchema),
});

/**
 * Confirms a publish whose message the session does not receive as such: a duplicate, one from a session that may not read, or an append
 * that it will receive joined with others.
 */
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

const historyFields = { seq, at, id: v.string(), from: v.string(), name: v.string(), ...changeFields };

/**
 * A single message in its current form, in `history` and in the HTTP API. It has `data`, or `binary` in base64 (RFC 4648, section 4), or
 * neither where it is deleted.
 */
export const historyMessageSchema = v.union([
  v.object({ ...historyFields, binary: v.string() }),
  v.object({ ...historyFields, data: v.optional(v.unknown()) }),
]);
export type HistoryMessage = v.InferOutput<typeof historyMessageSchema>;

/** A message of the log as it was stored: it may be an operation. */
export type LogMessage = HistoryMessage & Pick<Message, "op" | "target" | "key" | "offset" | "end">;

/** An operation as it was stored, in webhooks. An append may stand for several that follow each other. */
export const operationSchema = v.object({
  seq,
  at,
  id: v.string(),
  from: v.string(),
  name: v.string(),
  op: v.picklist(OPERATIONS),
  target: seq,
  key: v.optional(v.string()),
  offset: v.optional(count),
  end: v.optional(v.picklist(STREAM_ENDS)),
  data: v.optional(v.unknown()),
});

/** Messages, oldest first. `more` is true where there are older ones. */
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
 * A random text that only this session receives. The client returns it in `received` once it has read everything before it, which
 * proves that it reads. Only clients that joined with `?features=marks` receive marks.
 */
export const markSchema = v.object({ type: v.literal("mark"), mark: v.string() });

/** Sent just before the server closes the socket. `after` is the time to wait in milliseconds, before jitter. */
export const byeSchema = v.object({
  type: v.literal("bye"),
  code: v.picklist(CLOSE_NAMES),
  retry: v.picklist(["now", "later", "never"]),
  after: duration,
  /** Why, for people, where it is not the usual reason of this close. */
  reason: v.optional(v.string()),
});

/** Every event that a text frame can carry. */
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

/** The header of a binary frame; the bytes after it are the data of the message. */
export const binaryDownSchema = v.object({
  type: v.literal("message"),
  seq,
  at,
  id: v.string(),
  from: v.string(),
  name: v.string(),
  ...changeFields,
});
export type BinaryDown = v.InferOutput<typeof binaryDownSchema>;

/** The answer to `GET /v1/rooms/{room}` without an upgrade. A session can resume from a cursor at `floor` or above. */
export const roomInfoSchema = v.object({ epoch: v.string(), seq, floor: seq, count });
true satisfies Equal<v.InferOutput<typeof roomInfoSchema>, RoomInfo>;
