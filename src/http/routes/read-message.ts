import { historyMessageSchema } from "../../protocol/down.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorizeRead } from "../authorize.ts";
import { seqSegment } from "../request/path-segments.ts";
import { JSON_TYPE, NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

export const readMessage: Route = {
  method: "GET",
  path: "/v1/rooms/{room}/messages/{seq}",
  id: "readMessage",
  summary: "Read one message",
  description:
    "The message in its current form. `edited`, `deleted`, `reactions` and `version` are there where an operation changed it.",
  needs: "read",
  responses: [
    { status: 200, description: "The message", content: { "application/json": historyMessageSchema } },
  ],
  problems: ["invalid_query", "invalid_target", "banned", "rate_limited"],
  async handle(call) {
    const { client, reader } = await authorizeRead(call, "read");
    const message = unwrap(await client.call("message", { ...reader, seq: seqSegment(call) }));
    return new Response(message, { headers: { ...NO_STORE, ...JSON_TYPE } });
  },
};
