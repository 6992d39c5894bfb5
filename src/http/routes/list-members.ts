import { membersSchema } from "../../protocol/api.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorizeRead } from "../authorize.ts";
import { JSON_TYPE, NO_STORE } from "../request/headers.ts";
import type { Route } from "../route.ts";

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
  async handle(call) {
    const { client, reader } = await authorizeRead(call, "presence");
    // The room sends JSON text, because RPC does not keep every key of a state.
    return new Response(unwrap(await client.call("members", reader)), {
      headers: { ...NO_STORE, ...JSON_TYPE },
    });
  },
};
