import { editBodySchema, operationQuerySchema } from "../../protocol/api.ts";
import { mediaTypeOf, parseBody, readJson } from "../request/body.ts";
import { IDEMPOTENCY_KEY, idempotencyKeyOf, postedOperation } from "../request/posted-messages.ts";
import type { Route } from "../route.ts";
import { OPERATED, OPERATION_PROBLEMS, operate, targetOf } from "./operate.ts";

export const editMessage: Route = {
  method: "PATCH",
  path: "/v1/rooms/{room}/messages/{seq}",
  id: "editMessage",
  summary: "Replace the data of a message",
  description: "The author of a message may edit it, and so may a caller with `moderate`.",
  needs: "publish",
  query: operationQuerySchema,
  headers: IDEMPOTENCY_KEY,
  body: { "application/json": editBodySchema },
  responses: [OPERATED],
  problems: [...OPERATION_PROBLEMS, "bad_json", "too_big", "unsupported_type"],
  handle(call) {
    const { request } = call;
    return operate(call, "author", async ({ settings: { messageBytes } }) => {
      const target = targetOf(call);
      const key = idempotencyKeyOf(request);
      mediaTypeOf(request, ["application/json"]);
      const body = parseBody(editBodySchema, await readJson(request, messageBytes));
      return postedOperation({ op: "edit", ...target }, key, body, messageBytes);
    });
  },
};
