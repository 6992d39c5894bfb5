import { appendBodySchema, operationQuerySchema } from "../../protocol/api.ts";
import { mediaTypeOf, parseBody, readJson } from "../request/body.ts";
import { IDEMPOTENCY_KEY, idempotencyKeyOf, postedOperation } from "../request/posted-messages.ts";
import type { Route } from "../route.ts";
import { OPERATED, OPERATION_PROBLEMS, operate, targetOf } from "./operate.ts";

export const appendText: Route = {
  method: "POST",
  path: "/v1/rooms/{room}/messages/{seq}/append",
  id: "appendText",
  summary: "Append text to a message",
  description:
    "Appends a string to the data of a message, or to `data.text` where the data is an object with that string. Only the author may append.",
  needs: "publish",
  query: operationQuerySchema,
  headers: IDEMPOTENCY_KEY,
  body: { "application/json": appendBodySchema },
  responses: [OPERATED],
  problems: [...OPERATION_PROBLEMS, "bad_json", "too_big", "unsupported_type"],
  handle(call) {
    const { request } = call;
    return operate(call, "publish", async ({ settings: { messageBytes } }) => {
      const target = targetOf(call);
      const key = idempotencyKeyOf(request);
      mediaTypeOf(request, ["application/json"]);
      const body = parseBody(appendBodySchema, await readJson(request, messageBytes));
      return postedOperation({ op: "append", ...target, end: body.end }, key, body, messageBytes);
    });
  },
};
