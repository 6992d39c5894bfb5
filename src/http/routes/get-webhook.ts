import { webhookStateSchema } from "../../protocol/operator-api.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorize } from "../authorize.ts";
import { rateKeyOf } from "../rate-limits.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

export const getWebhook: Route = {
  method: "GET",
  path: "/v1/rooms/{room}/webhook",
  id: "getWebhook",
  summary: "Get the state of a room's webhook",
  description:
    "Says how the deliveries of this room go: the latest success and failure, attempts that failed in a row, what waits, and when the next " +
    "attempt is due. It has no content, no address and no secret. It contacts this room only, and is charged as a read, also for `admin`.",
  needs: "admin",
  responses: [
    {
      status: 200,
      description: "The state of the webhook",
      content: { "application/json": webhookStateSchema },
    },
  ],
  problems: ["rate_limited"],
  async handle(call) {
    const { client, grant } = await authorize(call, "admin");
    const reader = { member: grant.member, rateKey: rateKeyOf(grant, call.request) };
    const state = unwrap(await client.call("webhook", reader));
    return Response.json(state, { headers: NO_STORE });
  },
};
