import { banQuerySchema, kickedSchema, membersSchema } from "../protocol/api.ts";
import { DormouseError } from "../protocol/codes.ts";
import { MEMBER_CHARS } from "../protocol/limits.ts";
import { unwrap } from "../rpc/outcome.ts";
import { authorize, authorizeRead, limitJoins } from "./authorize.ts";
import { JSON_TYPE, NO_STORE } from "./request/headers.ts";
import { queryOf } from "./request/query.ts";
import type { Route } from "./route.ts";

export const listMembers: Route = {
  method: "GET",
  path: "/v1/rooms/{room}/members",
  id: "listMembers",
  summary: "Who is here",
  description:
    "Members with an open socket, and those whose socket dropped so shortly ago that they may be back. `members` is null where they are too many to be listed.",
  needs: "presence",
  answers: [{ status: 200, description: "Members", content: { "application/json": membersSchema } }],
  problems: ["banned", "rate_limited"],
  async handle(request, env) {
    const { stub, reader } = await authorizeRead(request, env, "presence");
    // As text, so that no state is another after the way: its keys may be any.
    return new Response(unwrap(await stub.members(reader)), { headers: { ...NO_STORE, ...JSON_TYPE } });
  },
};

export const kickMember: Route = {
  method: "DELETE",
  path: "/v1/rooms/{room}/members/{member}",
  id: "kickMember",
  summary: "Close a member's sockets",
  description:
    "They are closed with 4001. Without `ban` the member may come back at once; `ban=0` ends a ban, too.",
  needs: "admin",
  query: banQuerySchema,
  answers: [
    { status: 200, description: "How many sockets it was", content: { "application/json": kickedSchema } },
  ],
  problems: ["invalid_query", "not_found", "rate_limited"],
  async handle(request, env) {
    const { url, stub } = await authorize(request, env, "admin");
    const { ban } = queryOf(url, banQuerySchema);
    const member = memberOf(url);
    await limitJoins(request, env);
    const { kicked, wasHere } = await stub.kick(member, ban);
    if (!wasHere && !ban) throw new DormouseError("not_found", "No such member is in this room.");
    return Response.json({ kicked }, { headers: NO_STORE });
  },
};

/** The id of a member, as it stands in the address after `members/`. */
function memberOf(url: URL): string {
  try {
    const member = decodeURIComponent(url.pathname.split("/")[5] ?? "");
    if (member.length <= MEMBER_CHARS) return member;
  } catch {
    // Said below.
  }
  throw new DormouseError(
    "invalid_query",
    `A member id is percent-encoded UTF-8 of at most ${MEMBER_CHARS} characters.`,
  );
}
