import { operationQuerySchema } from "../../protocol/api.ts";
import { REACTION_KEY_CHARS, REACTION_KEYS } from "../../protocol/limits.ts";
import { textSegment } from "../request/path-segments.ts";
import { IDEMPOTENCY_KEY, idempotencyKeyOf, postedOperation } from "../request/posted-messages.ts";
import type { Route, RouteRequest } from "../route.ts";
import { OPERATED, OPERATION_PROBLEMS, operate, targetOf } from "./operate.ts";

const path = "/v1/rooms/{room}/messages/{seq}/reactions/{key}";

export const react: Route = {
  method: "PUT",
  path,
  id: "react",
  summary: "Add a reaction to a message",
  description:
    `The reaction belongs to the caller, and is set once. A message has at most ${REACTION_KEYS.message} different keys, and ` +
    `${REACTION_KEYS.member} of one member.`,
  needs: "publish",
  query: operationQuerySchema,
  headers: IDEMPOTENCY_KEY,
  responses: [OPERATED],
  problems: [...OPERATION_PROBLEMS, "too_big"],
  handle: (call) => setReaction(call, "react"),
};

export const unreact: Route = {
  method: "DELETE",
  path,
  id: "unreact",
  summary: "Remove a reaction from a message",
  needs: "publish",
  query: operationQuerySchema,
  headers: IDEMPOTENCY_KEY,
  responses: [OPERATED],
  problems: OPERATION_PROBLEMS,
  handle: (call) => setReaction(call, "unreact"),
};

function setReaction(call: RouteRequest, op: "react" | "unreact"): Promise<Response> {
  return operate(call, "publish", () => {
    const key = textSegment(call, "key", "key", REACTION_KEY_CHARS);
    return postedOperation({ op, ...targetOf(call), key }, idempotencyKeyOf(call.request));
  });
}
