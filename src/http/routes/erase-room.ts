import { erasedSchema } from "../../protocol/api.ts";
import { authorize, limitJoins } from "../authorize.ts";
import { NO_STORE } from "../request/headers.ts";
import type { Route } from "../route.ts";

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
  async handle(call) {
    const { client } = await authorize(call, "admin");
    await limitJoins(call.request, call.service);
    return Response.json(await client.call("erase"), { headers: NO_STORE });
  },
};
