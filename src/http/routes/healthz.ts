import { aliveSchema } from "../../protocol/api.ts";
import type { Route } from "../route.ts";

export const healthz: Route = {
  method: "GET",
  path: "/healthz",
  id: "isAlive",
  summary: "Check that the service runs",
  responses: [{ status: 200, description: "The service runs", content: { "application/json": aliveSchema } }],
  handle: () => Response.json({ status: "ok" }),
};
