import { DormouseError } from "../protocol/errors.ts";

/** What `Sec-Fetch-Site` says of a request that a page of another origin caused (Fetch Metadata, section 2.3). */
const FOREIGN_SITES: ReadonlySet<string | null> = new Set(["cross-site", "same-site"]);

/**
 * Refuses a request that a page of an origin outside the list caused. Browsers name the page in `Origin` (RFC 6455, section 4.1; Fetch
 * Standard, section 3.1). A GET in the mode `no-cors` has no `Origin`; for that, browsers say in `Sec-Fetch-Site` where it comes from.
 * A page cannot set either header. Clients other than browsers send neither and are not bound.
 * @throws DormouseError `origin_refused`
 */
export function checkOrigin(request: Request, allowed: AllowedOrigins): void {
  const origin = request.headers.get("origin");
  const isAllowed =
    origin === null
      ? allowed === "*" || !FOREIGN_SITES.has(request.headers.get("sec-fetch-site"))
      : origin === new URL(request.url).origin || allowsOrigin(origin, allowed);
  if (isAllowed) return;
  throw new DormouseError("origin_refused", "Pages of this origin may not connect; see ALLOWED_ORIGINS.");
}

export function allowsOrigin(origin: string, allowed: AllowedOrigins): boolean {
  return allowed === "*" || allowed.has(origin.toLowerCase());
}

type AllowedOrigins = "*" | ReadonlySet<string>;
