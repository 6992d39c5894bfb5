import * as v from "valibot";
import { capabilitySchema } from "../protocol/down.ts";

/** The identity and capabilities of a caller. The Worker authenticates the caller; the room trusts the grant. */
export const grantSchema = v.object({
  member: v.string(),
  name: v.string(),
  can: v.array(capabilitySchema),
  guest: v.boolean(),
  /** Set where the caller gave no name and the service generated one. */
  nameless: v.optional(v.literal(true)),
  /** Set where the deployment's own `authenticate` decided. Nothing else may replace such a grant. */
  ownSignIn: v.optional(v.literal(true)),
  /** When the token expires, in milliseconds since the epoch of time; absent for guests and tokens without `exp`. */
  until: v.optional(v.number()),
  /** The claims beyond the identity, for hooks. */
  claims: v.optional(v.record(v.string(), v.unknown())),
});
export type Grant = v.InferOutput<typeof grantSchema>;
