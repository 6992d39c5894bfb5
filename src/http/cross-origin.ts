import type { Context, MiddlewareHandler, Next } from "hono";
import { cors } from "hono/cors";
import { allowsOrigin, checkOrigin } from "../auth/origin.ts";
import { isUpgrade } from "./request/upgrade-offer.ts";
import type { Service } from "./service.ts";

/**
 * Refuses requests from pages of other origins, before anything else happens, and lets pages of the allowed origins read the answers
 * (Fetch Standard, section 3.2).
 */
export function crossOrigin(c: Context, next: Next, service: Service): ReturnType<MiddlewareHandler> {
  const { allowedOrigins } = service.settingsFor();
  checkOrigin(c.req.raw, allowedOrigins);
  // CORS does not apply to an upgrade, and the headers of its response are immutable.
  if (isUpgrade(c.req.raw)) return next();
  const answer = cors({
    origin: (origin) =>
      allowsOrigin(origin, allowedOrigins) ? (allowedOrigins === "*" ? "*" : origin) : null,
    allowMethods: ["GET", "HEAD", "POST", "DELETE"],
    allowHeaders: ["authorization", "content-type", "idempotency-key", "if-none-match", "last-event-id"],
    exposeHeaders: ["retry-after", "link", "etag"],
    maxAge: 86_400,
  });
  return answer(c, next);
}
