import type { Context, MiddlewareHandler, Next } from "hono";
import { cors } from "hono/cors";
import { allowsOrigin, checkOrigin } from "../auth/origin.ts";
import { DormouseError } from "../protocol/errors.ts";
import { roomName } from "../protocol/names.ts";
import type { AllowedOrigins } from "../settings/origins.ts";
import { SettingError, type Settings } from "../settings/settings.ts";
import { isCall, roomSegmentOf } from "./request/api-path.ts";
import { isUpgrade } from "./request/upgrade-offer.ts";
import type { Service } from "./service.ts";

/**
 * Refuses requests from pages of other origins, before anything else happens, and lets pages of the allowed origins read the answers
 * (Fetch Standard, section 3.2). A room may allow other origins than the deployment. Where the deployment signs clients in by its own way
 * and names its origins, their pages may send cookies.
 */
export function crossOrigin(c: Context, next: Next, service: Service): ReturnType<MiddlewareHandler> {
  const allowedOrigins = allowedOriginsFor(c, service);
  checkOrigin(c.req.raw, allowedOrigins);
  // CORS does not apply to an upgrade, and the headers of its response are immutable.
  if (isUpgrade(c.req.raw)) return next();
  const answer = cors({
    origin: (origin) =>
      allowsOrigin(origin, allowedOrigins) ? (allowedOrigins === "*" ? "*" : origin) : null,
    allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: [
      "authorization",
      "content-type",
      "idempotency-key",
      "if-none-match",
      "if-range",
      "last-event-id",
      "range",
    ],
    exposeHeaders: [
      "accept-ranges",
      "content-disposition",
      "content-length",
      "content-range",
      "etag",
      "link",
      "retry-after",
    ],
    credentials: service.authenticate !== undefined && allowedOrigins !== "*",
    maxAge: 86_400,
  });
  return answer(c, next);
}

/** The call that names the invalid settings works while there are some, for clients and pages of the service's own origin. */
function allowedOriginsFor(c: Context, service: Service): AllowedOrigins {
  try {
    return settingsFor(c, service).allowedOrigins;
  } catch (error) {
    if (error instanceof SettingError && isCall(new URL(c.req.url).pathname, c.req.routePath, "settings"))
      return new Set();
    throw error;
  }
}

/** The settings of the room that the path names. A name that is not valid has those of the deployment, until it is refused. */
function settingsFor(c: Context, service: Service): Settings {
  const segment = roomSegmentOf(new URL(c.req.url).pathname, c.req.routePath);
  try {
    return service.settingsFor(segment === undefined ? undefined : roomName(segment));
  } catch (error) {
    if (error instanceof DormouseError && error.code === "invalid_room") return service.settingsFor();
    throw error;
  }
}
