import * as v from "valibot";
import { grantSchema } from "../../auth/grant.ts";
import { modeSchema } from "../../rpc/admission.ts";

/**
 * JSON as UTF-8. The platform bounds an attachment by its bytes, and stores a text with one character beyond Latin-1 in two bytes for each
 * character, so that only bytes have the size that our limits count.
 */
const jsonBytesSchema = v.instance(Uint8Array<ArrayBuffer>);

/** The state of a session as it outlives hibernation. Times are in milliseconds. */
export const attachmentSchema = v.object({
  /** Rises with every incompatible change. A session of another version is closed, and its client reconnects. */
  v: v.literal(4),
  id: v.string(),
  grant: v.omit(grantSchema, ["claims"]),
  claims: v.optional(jsonBytesSchema),
  room: v.string(),
  rateKey: v.string(),
  mode: modeSchema,
  /** Whether the session was notified that its token ends soon. */
  isExpiryNoticed: v.optional(v.boolean()),
  /** The token buckets for publishes and for signals, as of the last save. */
  publishLevel: v.optional(v.object({ tokens: v.number(), at: v.number() })),
  signalLevel: v.optional(v.object({ tokens: v.number(), at: v.number() })),
  joinedAt: v.optional(v.number(), 0),
  /** When the session was last given its name; 0 if never. */
  namedAt: v.optional(v.number(), 0),
  /** When a frame was last noted. Not every frame is. */
  frameAt: v.optional(v.number()),
  /** The session's public state, and when it was set. */
  state: v.optional(v.object({ json: jsonBytesSchema, at: v.number() })),
  /** The data that the room's owner keeps with the session. */
  userData: v.optional(jsonBytesSchema),
  /** The change of this session that other members have not received yet. */
  pendingPresence: v.optional(v.picklist(["joined", "updated"])),
  /** Members who left, where others may not have received that yet. */
  carriedLeaves: v.optional(v.array(v.string())),
  /** The epoch in the session's welcome, while the log had no message. The first message is stored under it. */
  epoch: v.optional(v.string()),
  /** While the session is catching up: the last seq that it was sent. */
  replayFrom: v.optional(v.number()),
  /** Up to this seq the replay of a fresh session has messages in their current form. */
  currentUntil: v.optional(v.number()),
  /** Whether a plain socket is sent operations as JSON. */
  operations: v.optional(v.boolean()),
  /** Whether the session missed a change of the member list. */
  missedPresence: v.optional(v.boolean()),
  /**
   * Present while the session is backpressured. `since`: when that began, or when the session last acknowledged anything. `acked`: the
   * seq up to which it acknowledged. `until`: it is released at this seq at the latest.
   */
  backpressure: v.optional(v.object({ since: v.number(), acked: v.number(), until: v.number() })),
  /** Whether the client returns marks. */
  marks: v.optional(v.boolean(), false),
  flow: v.object({
    ackBytes: v.number(),
    minWindow: v.number(),
    maxWindow: v.optional(v.number()),
    unread: v.optional(v.number()),
    credit: v.optional(v.number()),
    mark: v.optional(v.string()),
  }),
});
export type Attachment = v.InferOutput<typeof attachmentSchema>;
export type BackpressureState = NonNullable<Attachment["backpressure"]>;
