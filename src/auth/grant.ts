import * as v from "valibot";
import { capabilitySchema } from "../protocol/down.ts";

/** The identity and the capabilities of a client. The Worker decides them, and the room trusts it. */
export const grantSchema = v.object({
  member: v.string(),
  name: v.string(),
  can: v.array(capabilitySchema),
  guest: v.boolean(),
  /** Whether the service made the name up, because the client gave none. */
  nameless: v.optional(v.literal(true)),
  /** When the token ends: milliseconds. Absent for guests and for tokens without an end. */
  until: v.optional(v.number()),
  /** What `authenticate` or the token says beyond the identity, for hooks. */
  claims: v.optional(v.record(v.string(), v.unknown())),
});
export type Grant = v.InferOutput<typeof grantSchema>;
