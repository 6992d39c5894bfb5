import { requireCapability } from "../../auth/authenticate.ts";
import { operationQuerySchema, publishedSchema } from "../../protocol/api.ts";
import type { Operation } from "../../protocol/operations.ts";
import { unwrap } from "../../rpc/outcome.ts";
import type { PostedMessage } from "../../rpc/room-calls.ts";
import { type AuthorizedRoom, authorize } from "../authorize.ts";
import { limitGuestByAddress } from "../rate-limits.ts";
import { seqSegment } from "../request/path-segments.ts";
import { postOf } from "../request/posted-messages.ts";
import { parseQuery } from "../request/query.ts";
import { NO_STORE } from "../response-headers.ts";
import type { RouteRequest, RouteResponse } from "../route.ts";

/** Error codes of an operation on a message, beside those of every call. */
export const OPERATION_PROBLEMS = [
  "invalid_query",
  "invalid_event",
  "invalid_target",
  "banned",
  "rate_limited",
] as const;

export const OPERATED: RouteResponse = {
  status: 200,
  description: "Stored: the seq of the operation. `dup` is true where it had no effect, or its id was known",
  content: { "application/json": publishedSchema },
};

/** The message that a call changes. @throws DormouseError `invalid_query` */
export function targetOf(call: RouteRequest): Pick<Operation, "target" | "epoch"> {
  const { epoch } = parseQuery(call.url, operationQuerySchema);
  return { target: seqSegment(call), epoch };
}

/**
 * Stores an operation on a message. The room checks it against that message.
 * @param needed what the caller needs; `author`: to publish, or else to moderate
 * @param make reads the operation from the request, once the caller is authorized
 * @throws DormouseError
 */
export async function operate(
  call: RouteRequest,
  needed: "publish" | "author",
  make: (room: AuthorizedRoom) => PostedMessage[] | Promise<PostedMessage[]>,
): Promise<Response> {
  const authorized = await authorize(call);
  const { client, grant } = authorized;
  const isModerator =
    needed === "author" && grant.can.some((each) => each === "moderate" || each === "admin");
  if (!isModerator) requireCapability(grant, "publish");
  await limitGuestByAddress(call, grant, 1);
  const messages = await make(authorized);
  const published = unwrap(await client.call("publish", postOf(call.request, grant, messages)));
  return Response.json(published, { headers: NO_STORE });
}
