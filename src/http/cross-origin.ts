import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import { allowsOrigin, checkOrigin } from "../auth/origin.ts";
import { settingsOf } from "../settings/settings.ts";
import { isUpgrade } from "./routes/upgrade.ts";

/**
 * Refuses pages of other origins on every route, before anything else is done, and lets pages of the allowed origins read the answers
 * (Fetch Standard, section 3.2). No cookie is read, so none is allowed.
 */
export const crossOrigin = createMiddleware<{ Bindings: Env }>((c, next) => {
  const { allowedOrigins } = settingsOf(c.env);
  checkOrigin(c.req.raw, allowedOrigins);
  // An upgrade is no such answer, and its response cannot be given more headers.
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
