import { Hono } from "hono";
import { DormouseError } from "../protocol/errors.ts";
import { problemResponse } from "../protocol/problem.ts";
import { crossOrigin } from "./cross-origin.ts";
import { publicErrorOf } from "./public-error.ts";
import { routes } from "./routes.ts";

/** The HTTP API. Cloudflare serves the static files of `public/` without calling it. */
export const app = new Hono<{ Bindings: Env }>();

app.use("/v1/*", crossOrigin);

for (const { method, path, handle } of routes) {
  app.on(method, honoPath(path), (c) => handle(c.req.raw, c.env));
}

for (const [path, sharing] of Map.groupBy(routes, (route) => route.path)) {
  const methods = sharing.map(({ method }) => method);
  const allow = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
  const refusal = new DormouseError("method_not_allowed", `Method not allowed. Use ${methods.join(" or ")}.`);
  app.all(honoPath(path), () => problemResponse(refusal, { allow }));
}

app.all("/v1/rooms", () => {
  const why = "The address has no room name. Send the request to /v1/rooms/{room}.";
  return problemResponse(new DormouseError("invalid_room", why));
});

app.notFound((c) => {
  const why = `No route matches ${c.req.method} at this address. See /v1/openapi.json for all routes.`;
  return problemResponse(new DormouseError("not_found", why));
});

app.onError((error) => problemResponse(publicErrorOf(error)));

/** OpenAPI's `{room}` in Hono's form, `:room`. */
function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}
