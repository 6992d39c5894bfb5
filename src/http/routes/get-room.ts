import { joinQuerySchema } from "../../protocol/api.ts";
import { roomInfoSchema } from "../../protocol/down.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorizeRead } from "../authorize.ts";
import { parseQuery } from "../request/query.ts";
import { isUpgrade } from "../request/upgrade-offer.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";
import { upgrade } from "./upgrade.ts";

export const getRoom: Route = {
  method: "GET",
  path: "/v1/rooms/{room}",
  id: "getRoom",
  summary: "Get the state of a room",
  description:
    "`seq` is the seq of the newest message. `floor` is the seq of the newest message that was removed. `count` is the number of " +
    "members in the room. With `Upgrade: websocket`, this address opens a WebSocket instead.",
  needs: "read",
  responses: [{ status: 200, description: "The room", content: { "application/json": roomInfoSchema } }],
  problems: ["invalid_query", "banned", "rate_limited"],
  async handle(call) {
    if (isUpgrade(call.request)) return upgrade(call);
    const { client, reader } = await authorizeRead(call, "read");
    // A browser cannot read why an upgrade was refused. It sends the same query here to find out.
    parseQuery(call.url, joinQuerySchema);
    return Response.json(unwrap(await client.call("readInfo", reader)), { headers: NO_STORE });
  },
};
