import { DormouseError } from "../protocol/errors.ts";
import type { AllowedOrigins } from "../settings/origins.ts";

/** Values of `Sec-Fetch-Site` in requests from pages of other origins (Fetch Metadata, section 2.3). */
const FOREIGN_SITES: ReadonlySet<string | null> = new Set(["cross-site", "same-site"]);

/**
 * Refuses a request from a page whose origin is not allowed. Browsers send the origin of the page in `Origin` (RFC 6455, section 4.1;
 * Fetch Standard, section 3.1). A GET in the mode `no-cors` has no `Origin`, but a `Sec-Fetch-Site`. A page can set neither header.
 * Clients other than browsers send neither and are not restricted.
 * @throws DormouseError `origin_refused`
 */
export function checkOrigin(request: Request, allowed: AllowedOrigins): void {
  const origin = request.headers.get("origin");
  const isAllowed =
    origin === null
      ? allowed === "*" || !FOREIGN_SITES.has(request.headers.get("sec-fetch-site"))
      : origin === new URL(request.url).origin || allowsOrigin(origin, allowed);
  if (isAllowed) return;
  const why = "Pages of this origin may not connect. Add the origin to ALLOWED_ORIGINS.";
  throw new DormouseError("origin_refused", why);
}

export function allowsOrigin(origin: string, allowed: AllowedOrigins): boolean {
  return allowed === "*" || allowed.has(origin.toLowerCase());
}
