import * as v from "valibot";
import { capabilitySchema } from "../protocol/down.ts";

/** Who a socket or a call is, and what it may do: settled by the Worker, believed by the room. */
export const grantSchema = v.object({
  member: v.string(),
  name: v.string(),
  can: v.array(capabilitySchema),
  guest: v.boolean(),
  /** Whether the name is one that was made up here, since none was given. */
  nameless: v.optional(v.literal(true)),
  /** When the token ends that it came from, in milliseconds; absent for guests and for tokens without an end. */
  until: v.optional(v.number()),
});
export type Grant = v.InferOutput<typeof grantSchema>;

/** How a socket speaks: with `dormouse.v1`, or data alone. */
export const modeSchema = v.picklist(["v1", "plain"]);
export type Mode = v.InferOutput<typeof modeSchema>;

/** An upgrade that has been let in, as the Worker hands it to the room. */
export const admissionSchema = v.object({
  grant: grantSchema,
  room: v.string(),
  /** Under what a session that returns is known, so that its debts of rate are not forgotten. */
  rateKey: v.string(),
  mode: modeSchema,
  /** `<epoch>.<seq>`, as the client sent it; the room judges it. */
  cursor: v.optional(v.string()),
  /** How many of the last messages the client wants first. */
  history: v.number(),
  /** Whether the client returns marks. */
  marks: v.optional(v.boolean()),
  /** Bytes that the session may have unread at most, where that is less than usual. */
  maxUnread: v.optional(v.number()),
});
export type Admission = v.InferOutput<typeof admissionSchema>;

/** It holds a name and an address. The platform's logs hide the value of a header with "auth" in its name. */
const HEADER = "dormouse-auth-admission";

/** The request that carries an admission to a room. It is built from nothing, so no header of a client's is in it. */
export function admissionRequest(admission: Admission): Request {
  return new Request("https://room/", {
    headers: { upgrade: "websocket", [HEADER]: encodeURIComponent(JSON.stringify(admission)) },
  });
}

export function admissionOf(request: Request): Admission {
  return v.parse(admissionSchema, JSON.parse(decodeURIComponent(request.headers.get(HEADER) ?? "")));
}
