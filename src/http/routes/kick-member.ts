import { banQuerySchema, kickedSchema } from "../../protocol/api.ts";
import { DormouseError } from "../../protocol/codes.ts";
import { MEMBER_CHARS } from "../../protocol/limits.ts";
import { authorize, limitJoins } from "../authorize.ts";
import { NO_STORE } from "../request/headers.ts";
import { queryOf } from "../request/query.ts";
import type { Route } from "../route.ts";

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
  async handle(call) {
    const { client } = await authorize(call, "admin");
    const { ban } = queryOf(call.url, banQuerySchema);
    const member = memberIdOf(call.segment("member"));
    await limitJoins(call.request, call.service);
    const { kicked, wasHere } = await client.call("kick", member, ban);
    if (!wasHere && !ban) throw new DormouseError("not_found", "This member is not in the room.");
    return Response.json({ kicked }, { headers: NO_STORE });
  },
};

/** @throws DormouseError `invalid_query` */
function memberIdOf(segment: string): string {
  try {
    const member = decodeURIComponent(segment);
    if (member.length <= MEMBER_CHARS) return member;
  } catch {
    // It is refused below, like one that is too long.
  }
  throw new DormouseError(
    "invalid_query",
    `A member id is percent-encoded UTF-8 of at most ${MEMBER_CHARS} characters.`,
  );
}
