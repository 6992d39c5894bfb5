import * as v from "valibot";
import { grantSchema } from "../auth/grant.ts";
import { marked } from "./worker-mark.ts";

/** The protocol of a socket: `dormouse.v1`, or plain, where each frame is the data of a message. */
export const modeSchema = v.picklist(["v1", "plain"]);
export type Mode = v.InferOutput<typeof modeSchema>;

/** An upgrade that the Worker admitted, as the room receives it. */
export const admissionSchema = v.object({
  grant: grantSchema,
  room: v.string(),
  /** The key of the session's rate limiter. It is the same when the client reconnects. */
  rateKey: v.string(),
  mode: modeSchema,
  /** `<epoch>.<seq>` as the client sent it; the room checks it. */
  cursor: v.optional(v.string()),
  /** How many of the newest messages the session receives first. */
  history: v.number(),
  /** Whether the client returns marks. */
  marks: v.optional(v.boolean()),
  /** Whether a plain socket is sent operations as JSON. */
  operations: v.optional(v.boolean()),
  /** The name that the client gave to this attempt, to ask later why it was refused. */
  attempt: v.optional(v.string()),
  /** Upper limit of unread bytes, where it is lower than the room's own limit. */
  maxUnread: v.optional(v.number()),
});
export type Admission = v.InferOutput<typeof admissionSchema>;

/** The value contains a name and an address. The platform redacts headers with "auth" in their name from its logs. */
const HEADER = "dormouse-auth-admission";

/** The request that carries an admission to a room. It contains no header of the client's request. */
export function admissionRequest(admission: Admission): Request {
  const headers = { upgrade: "websocket", [HEADER]: encodeURIComponent(JSON.stringify(admission)) };
  return marked(new Request("https://room/", { headers }));
}

/** @throws where the request carries no valid admission */
export function admissionOf(request: Request): Admission {
  return v.parse(admissionSchema, JSON.parse(decodeURIComponent(request.headers.get(HEADER) ?? "")));
}
