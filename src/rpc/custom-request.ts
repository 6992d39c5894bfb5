import * as v from "valibot";
import { grantSchema } from "../auth/grant.ts";
import { marked, unmarked } from "./worker-mark.ts";

const callerSchema = v.object({
  room: v.string(),
  member: v.string(),
  rateKey: v.optional(v.string()),
  grant: grantSchema,
});

/** The caller of `onRequest`. */
export type CustomCaller = v.InferOutput<typeof callerSchema>;

/** The platform's logs hide headers with "auth" in their names. */
const HEADER = "dormouse-auth-caller";

/** A client's request on its way to the room's `onRequest`, with its caller. */
export function customRoomRequest(request: Request, caller: CustomCaller): Request {
  const forwarded = marked(request);
  forwarded.headers.set(HEADER, encodeURIComponent(JSON.stringify(caller)));
  return forwarded;
}

/** The caller of such a request; undefined for an upgrade. */
export function customCallerOf(request: Request): CustomCaller | undefined {
  const header = request.headers.get(HEADER);
  return header === null ? undefined : v.parse(callerSchema, JSON.parse(decodeURIComponent(header)));
}

/** The request as its client sent it. */
export function withoutCaller(request: Request): Request {
  const original = unmarked(request);
  original.headers.delete(HEADER);
  return original;
}
