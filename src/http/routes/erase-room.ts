import { erasedSchema } from "../../protocol/api.ts";
import { authorize } from "../authorize.ts";
import { limitByAddress } from "../rate-limits.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

export const eraseRoom: Route = {
  method: "DELETE",
  path: "/v1/rooms/{room}",
  id: "eraseRoom",
  summary: "Erase all messages of a room",
  description:
    "Removes all messages permanently, starts the log again under a new `epoch` and closes all sockets with 4010. Bans stay in force.",
  needs: "admin",
  responses: [
    { status: 200, description: "The room is empty", content: { "application/json": erasedSchema } },
  ],
  problems: ["rate_limited"],
  async handle(call) {
    const { client } = await authorize(call, "admin");
    await limitByAddress(call);
    return Response.json(await client.call("erase"), { headers: NO_STORE });
  },
};
