import { aliveSchema } from "../../protocol/api.ts";
import type { Route } from "../route.ts";

export const isAlive: Route = {
  method: "GET",
  path: "/healthz",
  id: "isAlive",
  summary: "Check that the service runs",
  answers: [{ status: 200, description: "It runs", content: { "application/json": aliveSchema } }],
  handle: () => Response.json({ status: "ok" }),
};
