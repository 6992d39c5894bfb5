import { operationQuerySchema } from "../../protocol/api.ts";
import { IDEMPOTENCY_KEY, idempotencyKeyOf, postedOperation } from "../request/posted-messages.ts";
import type { Route } from "../route.ts";
import { OPERATED, OPERATION_PROBLEMS, operate, targetOf } from "./operate.ts";

export const deleteMessage: Route = {
  method: "DELETE",
  path: "/v1/rooms/{room}/messages/{seq}",
  id: "deleteMessage",
  summary: "Delete a message",
  description:
    "Removes the content of a message for good. The message stays in the history as a deleted one, with its author and time. The author of " +
    "a message may delete it, and so may a caller with `moderate`.",
  needs: "publish",
  query: operationQuerySchema,
  headers: IDEMPOTENCY_KEY,
  responses: [OPERATED],
  problems: OPERATION_PROBLEMS,
  handle: (call) =>
    operate(call, "author", () =>
      postedOperation({ op: "delete", ...targetOf(call) }, idempotencyKeyOf(call.request)),
    ),
};
