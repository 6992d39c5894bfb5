import { Hono } from "hono";
import { DormouseError, problemResponse } from "../protocol/codes.ts";
import { crossOrigin } from "./cross-origin.ts";
import { errorOf } from "./faults.ts";
import { routes } from "./routes.ts";

/** Everything that is reached by HTTP. Static files of `public/` are served before it is asked. */
export const app = new Hono<{ Bindings: Env }>();

app.use("/v1/*", crossOrigin);

for (const { method, path, handle } of routes) app.on(method, routeOf(path), (c) => handle(c.req.raw, c.env));

for (const [path, answered] of Map.groupBy(routes, (call) => call.path)) {
  const methods = answered.map(({ method }) => method);
  const allow = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
  const refusal = new DormouseError(
    "method_not_allowed",
    `This address answers ${methods.join(" and ")} only.`,
  );
  app.all(routeOf(path), () => problemResponse(refusal, { allow }));
}

app.all("/v1/rooms", () => problemResponse(new DormouseError("invalid_room", "The address names no room.")));

app.notFound((c) =>
  problemResponse(new DormouseError("not_found", `Nothing answers ${c.req.method} at this address.`)),
);

app.onError((error) => problemResponse(errorOf(error)));

/** As the router writes what OpenAPI writes `{room}`. */
function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}
