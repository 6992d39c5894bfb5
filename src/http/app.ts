import { type Context, Hono } from "hono";
import { DormouseError } from "../protocol/errors.ts";
import { roomName } from "../protocol/names.ts";
import { problemResponse } from "../protocol/problem.ts";
import { SettingError } from "../settings/settings.ts";
import { isolateTelemetry } from "../telemetry/isolate-telemetry.ts";
import { crossOrigin } from "./cross-origin.ts";
import { customRequest } from "./custom-request.ts";
import { publicErrorOf } from "./public-error.ts";
import { roomSegmentOf, segmentOf } from "./request/api-path.ts";
import type { RouteRequest } from "./route.ts";
import { routes } from "./routes.ts";
import { serverTiming } from "./server-timing.ts";
import type { Service } from "./service.ts";

/**
 * The HTTP API and the upgrades as a Hono app, which can be mounted at any path of another app.
 * @param serviceOf the deployment that a request belongs to
 */
export function createApp<Env extends object>(serviceOf: (env: Env) => Service): Hono<{ Bindings: Env }> {
  const app = new Hono<{ Bindings: Env }>();
  app.use("/v1/*", serverTiming);
  app.use("/v1/*", (c, next) => crossOrigin(c, next, serviceOf(c.env)));

  for (const { method, path, handle } of routes)
    app.on(method, honoPath(path), (c) => handle(routeRequest(c, serviceOf(c.env))));

  for (const [path, sharing] of Map.groupBy(routes, (route) => route.path)) {
    const methods = sharing.map(({ method }) => method);
    const allow = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
    const why = `Method not allowed. Use ${methods.join(" or ")}.`;
    const refusal = new DormouseError("method_not_allowed", why);
    app.all(honoPath(path), () => problemResponse(refusal, { allow }));
  }

  app.all("/v1/rooms/:room/custom/*", (c) => customRequest(routeRequest(c, serviceOf(c.env))));
  const notFound = (c: Context) => {
    const why = `No route matches ${c.req.method} at this address. See /v1/openapi.json for all routes.`;
    return problemResponse(new DormouseError("not_found", why));
  };
  // An app that this one is mounted in has a `notFound` of its own, so unknown calls are answered here.
  app.all("/v1/*", notFound);
  app.notFound(notFound);
  app.onError((error, c) => {
    const refusal = publicErrorOf(error);
    isolateTelemetry.emit("refusal", {
      room: roomOf(c),
      code: refusal.code,
      source: "http",
      // It names a setting, and no value of a caller.
      ...(error instanceof SettingError && { error: error.message }),
    });
    return problemResponse(refusal);
  });
  return app;
}

/** The room that a request names; undefined where it names no valid one. */
function roomOf(c: Context): string | undefined {
  const segment = roomSegmentOf(new URL(c.req.url).pathname, c.req.routePath);
  try {
    return segment === undefined ? undefined : roomName(segment);
  } catch {
    return undefined;
  }
}

/** OpenAPI's `{room}` in Hono's form, `:room`. */
function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function routeRequest(c: Context, service: Service): RouteRequest {
  const request: Request = c.req.raw;
  const url = new URL(request.url);
  const { routePath } = c.req;
  return { request, url, service, segment: (name) => segmentOf(url.pathname, routePath, name) };
}
