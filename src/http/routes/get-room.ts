import { joinQuerySchema } from "../../protocol/api.ts";
import { roomInfoSchema } from "../../protocol/down.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorizeRead } from "../authorize.ts";
import { NO_STORE } from "../request/headers.ts";
import { queryOf } from "../request/query.ts";
import type { Route } from "../route.ts";
import { isUpgrade, upgrade } from "./upgrade.ts";

export const getRoom: Route = {
  method: "GET",
  path: "/v1/rooms/{room}",
  id: "getRoom",
  summary: "Where a room stands",
  description:
    "`seq` is that of the newest message, `floor` that of the newest one that is gone; `count`: members who are here. " +
    "With `Upgrade: websocket` the same address opens a socket instead.",
  needs: "read",
  answers: [{ status: 200, description: "The room", content: { "application/json": roomInfoSchema } }],
  problems: ["invalid_query", "banned", "rate_limited"],
  async handle(call) {
    if (isUpgrade(call.request)) return upgrade(call);
    const { client, reader } = await authorizeRead(call, "read");
    // A browser asks here why its upgrade was refused, and its query may be the reason.
    queryOf(call.url, joinQuerySchema);
    return Response.json(unwrap(await client.call("readInfo", reader)), { headers: NO_STORE });
  },
};
