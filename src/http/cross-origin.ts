import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import { allowsOrigin, checkOrigin } from "../auth/origin.ts";
import { settingsOf } from "../settings/settings.ts";
import { isUpgrade } from "./request/upgrade-offer.ts";

/**
 * Refuses requests from pages of other origins, before anything else happens, and lets pages of the allowed origins read the answers
 * (Fetch Standard, section 3.2). Credentials mode is not allowed, because the service uses no cookies.
 */
export const crossOrigin = createMiddleware<{ Bindings: Env }>((c, next) => {
  const { allowedOrigins } = settingsOf(c.env);
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
});
