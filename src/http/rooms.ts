import { erasedSchema, joinQuerySchema } from "../protocol/api.ts";
import { roomInfoSchema } from "../protocol/down.ts";
import { unwrap } from "../rpc/outcome.ts";
import { authorize, authorizeRead, limitJoins } from "./authorize.ts";
import { NO_STORE } from "./request/headers.ts";
import { queryOf } from "./request/query.ts";
import type { Route } from "./route.ts";
import { isUpgrade, upgrade } from "./routes/upgrade.ts";

export const roomInfo: Route = {
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
  async handle(request, env) {
    if (isUpgrade(request)) return upgrade(request, env);
    const { url, stub, reader } = await authorizeRead(request, env, "read");
    // A browser learns here why its upgrade was refused, which may be for what it asked for.
    queryOf(url, joinQuerySchema);
    return Response.json(unwrap(await stub.readInfo(reader)), { headers: NO_STORE });
  },
};

export const eraseRoom: Route = {
  method: "DELETE",
  path: "/v1/rooms/{room}",
  id: "eraseRoom",
  summary: "Erase a room's messages",
  description:
    "All messages are removed for good, the log begins anew under another `epoch`, and all sockets are closed with 4010. " +
    "Bans stay.",
  needs: "admin",
  answers: [{ status: 200, description: "Erased", content: { "application/json": erasedSchema } }],
  problems: ["rate_limited"],
  async handle(request, env) {
    const { stub } = await authorize(request, env, "admin");
    await limitJoins(request, env);
    return Response.json(await stub.erase(), { headers: NO_STORE });
  },
};
