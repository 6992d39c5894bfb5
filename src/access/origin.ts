import { DormouseError } from "../protocol/codes.ts";

/**
 * Browsers name the page that connects in `Origin` (RFC 6455, section 4.1); other clients send none and are not bound by it.
 * @throws DormouseError `origin_refused`
 */
export function checkOrigin(request: Request, allowed: AllowedOrigins): void {
  const origin = request.headers.get("origin");
  if (origin === null || origin === new URL(request.url).origin || allowsOrigin(origin, allowed)) return;
  throw new DormouseError("origin_refused", "Pages of this origin may not connect; see ALLOWED_ORIGINS.");
}

export function allowsOrigin(origin: string, allowed: AllowedOrigins): boolean {
  return allowed === "*" || allowed.has(origin.toLowerCase());
}

type AllowedOrigins = "*" | ReadonlySet<string>;
