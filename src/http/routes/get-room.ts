import * as v from "valibot";
import { requireCapability } from "../../auth/authenticate.ts";
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
    "members in the room. With `Upgrade: websocket`, this address opens a WebSocket instead. With the `attempt` of an upgrade that the " +
    "room refused, the answer is that refusal.",
  needs: "read",
  query: v.pick(joinQuerySchema, ["attempt"]),
  responses: [{ status: 200, description: "The room", content: { "application/json": roomInfoSchema } }],
  problems: ["invalid_query", "banned", "rate_limited", "room_full", "hook_failed", "hook_async"],
  async handle(call) {
    if (isUpgrade(call.request)) return upgrade(call);
    // A browser cannot read why an upgrade was refused. It sends the same query here to find out.
    const { attempt } = parseQuery(call.url, joinQuerySchema);
    // A client without `read` may join, so it may learn why it could not.
    const needed = attempt === undefined ? "read" : undefined;
    const { client, reader, grant } = await authorizeRead(call, needed);
    const info = unwrap(await client.call("readInfo", reader, attempt));
    requireCapability(grant, "read");
    return Response.json(info, { headers: NO_STORE });
  },
};
