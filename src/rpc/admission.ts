import * as v from "valibot";
import { grantSchema } from "../auth/grant.ts";
import { modeSchema } from "../protocol/mode.ts";

/** An upgrade that the Worker admitted, as it hands it to the room. */
export const admissionSchema = v.object({
  grant: grantSchema,
  room: v.string(),
  /** The key of the session's rate limits. */
  rateKey: v.string(),
  mode: modeSchema,
  /** `<epoch>.<seq>` as the client sent it. The room decides whether to honour it. */
  cursor: v.optional(v.string()),
  /** How many of the last messages the client wants first. */
  history: v.number(),
  /** Whether the client returns marks. */
  marks: v.optional(v.boolean()),
  /** Bytes that the session may have unread, where that is less than usual. */
  maxUnread: v.optional(v.number()),
});
export type Admission = v.InferOutput<typeof admissionSchema>;

/** The header holds a name and an address. The platform's logs hide headers with "auth" in their names. */
const HEADER = "dormouse-auth-admission";

/** The request that carries an admission to a room. It has no header of the client's. */
export function admissionRequest(admission: Admission): Request {
  return new Request("https://room/", {
    headers: { upgrade: "websocket", [HEADER]: encodeURIComponent(JSON.stringify(admission)) },
  });
}

/** @throws where the request carries none */
export function admissionOf(request: Request): Admission {
  return v.parse(admissionSchema, JSON.parse(decodeURIComponent(request.headers.get(HEADER) ?? "")));
}
