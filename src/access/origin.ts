import { DormouseError } from "../protocol/codes.ts";

/**
 * Browsers name the page that connects in `Origin` (RFC 6455, section 4.1); other clients send none and are not bound by it.
 * @throws DormouseError `origin_refused`
 */
export function checkOrigin(request: Request, allowed: "*" | ReadonlySet<string>): void {
  const origin = request.headers.get("origin");
  if (allowed === "*" || origin === null) return;
  if (origin === new URL(request.url).origin || allowed.has(origin.toLowerCase())) return;
  throw new DormouseError("origin_refused", "Pages of this origin may not connect; see ALLOWED_ORIGINS.");
}
