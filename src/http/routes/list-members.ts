import { membersSchema } from "../../protocol/api.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorizeRead } from "../authorize.ts";
import { JSON_TYPE, NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

export const listMembers: Route = {
  method: "GET",
  path: "/v1/rooms/{room}/members",
  id: "listMembers",
  summary: "List the members in a room",
  description:
    "Lists members with an open socket, and members whose connection was lost within the last `LEAVE_GRACE_MS`. `members` is null where the " +
    "room has more than `MEMBERS_LISTED` members.",
  needs: "presence",
  responses: [{ status: 200, description: "The members", content: { "application/json": membersSchema } }],
  problems: ["banned", "rate_limited"],
  async handle(call) {
    const { client, reader } = await authorizeRead(call, "presence");
    // The room answers with JSON text, so that a state arrives unchanged whatever its keys are.
    return new Response(unwrap(await client.call("members", reader)), {
      headers: { ...NO_STORE, ...JSON_TYPE },
    });
  },
};
