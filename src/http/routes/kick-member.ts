import { banQuerySchema, kickedSchema } from "../../protocol/api.ts";
import { DormouseError } from "../../protocol/errors.ts";
import { MEMBER_CHARS } from "../../protocol/limits.ts";
import { authorize } from "../authorize.ts";
import { limitByAddress } from "../rate-limits.ts";
import { textSegment } from "../request/path-segments.ts";
import { parseQuery } from "../request/query.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

export const kickMember: Route = {
  method: "DELETE",
  path: "/v1/rooms/{room}/members/{member}",
  id: "kickMember",
  summary: "Kick or ban a member",
  description:
    "Closes the member's sockets with 4001. Without `ban` the member can return at once. `ban=0` lifts a ban.",
  needs: "moderate",
  query: banQuerySchema,
  responses: [
    {
      status: 200,
      description: "The number of closed sockets",
      content: { "application/json": kickedSchema },
    },
  ],
  problems: ["invalid_query", "not_found", "rate_limited"],
  async handle(call) {
    const { client } = await authorize(call, "moderate");
    const { ban } = parseQuery(call.url, banQuerySchema);
    const member = textSegment(call, "member", "member id", MEMBER_CHARS);
    await limitByAddress(call);
    const { kicked, wasHere } = await client.call("kick", member, ban);
    if (!wasHere && !ban) {
      throw new DormouseError("not_found", "The member is not in this room. Check the member id.");
    }
    return Response.json({ kicked }, { headers: NO_STORE });
  },
};
