import { checkedRoomName } from "../../protocol/names.ts";
import { serviceSettingsSchema, settingsQuerySchema } from "../../protocol/operator-api.ts";
import { authorizeOperator } from "../authorize-operator.ts";
import { parseQuery } from "../request/query.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

export const getSettings: Route = {
  method: "GET",
  path: "/v1/settings",
  id: "getSettings",
  summary: "Get the settings in force",
  description:
    "Lists every setting with its value and its source: `default`, `environment` (a variable or a secret, which the Worker cannot tell apart) or " +
    "`code`. A secret has no value, only whether it is `set`. While `problems` has an entry, the service refuses every other request with " +
    "`misconfigured`; this call works as long as the settings `AUTH_…` are valid. It contacts no room. The token needs the claim `rooms` with `*`.",
  needs: "admin",
  query: settingsQuerySchema,
  responses: [
    {
      status: 200,
      description: "The settings",
      content: { "application/json": serviceSettingsSchema },
    },
  ],
  problems: ["invalid_query", "hook_failed"],
  async handle(call) {
    await authorizeOperator(call);
    const { room } = parseQuery(call.url, settingsQuerySchema);
    const settings = call.service.describeSettings(room === undefined ? undefined : checkedRoomName(room));
    return Response.json(settings, { headers: NO_STORE });
  },
};
