import { type Context, Hono } from "hono";
import { DormouseError, problemResponse } from "../protocol/codes.ts";
import { crossOrigin } from "./cross-origin.ts";
import { customRequest } from "./custom-request.ts";
import { publicError } from "./public-error.ts";
import type { RouteRequest } from "./route.ts";
import { routes } from "./routes.ts";
import type { Service } from "./service.ts";

/**
 * The HTTP API and the upgrades as a Hono app, which can be mounted at any path of another app.
 * @param serviceOf the deployment that a request belongs to
 */
export function createApp<Env extends object>(serviceOf: (env: Env) => Service): Hono<{ Bindings: Env }> {
  const app = new Hono<{ Bindings: Env }>();
  app.use("/v1/*", (c, next) => crossOrigin(c, next, serviceOf(c.env)));

  for (const { method, path, handle } of routes)
    app.on(method, honoPath(path), (c) => handle(routeRequest(c, serviceOf(c.env))));

  for (const [path, answered] of Map.groupBy(routes, (route) => route.path)) {
    const methods = answered.map(({ method }) => method);
    const allow = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
    const refusal = new DormouseError(
      "method_not_allowed",
      `This address answers ${methods.join(" and ")} only.`,
    );
    app.all(honoPath(path), () => problemResponse(refusal, { allow }));
  }

  app.all("/v1/rooms/:room/custom/*", (c) => customRequest(routeRequest(c, serviceOf(c.env))));
  app.all("/v1/rooms", () =>
    problemResponse(new DormouseError("invalid_room", "The address names no room.")),
  );
  const nothingHere = (c: Context) =>
    problemResponse(new DormouseError("not_found", `Nothing answers ${c.req.method} at this address.`));
  // An app that this one is mounted in answers what its own `notFound` says, so unknown calls are answered here.
  app.all("/v1/*", nothingHere);
  app.notFound(nothingHere);
  app.onError((error) => problemResponse(publicError(error)));
  return app;
}

/** The path of a route as Hono writes it: `{room}` becomes `:room`. */
function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

/** Segments are taken from the address itself, because they are percent-decoded once, by rules of our own. */
function routeRequest(c: Context, service: Service): RouteRequest {
  const request: Request = c.req.raw;
  const url = new URL(request.url);
  const pattern = c.req.routePath.split("/");
  const segment = (name: string) => url.pathname.split("/")[pattern.indexOf(`:${name}`)] ?? "";
  return { request, url, service, segment };
}
