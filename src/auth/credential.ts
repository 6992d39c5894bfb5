import { DormouseError } from "../protocol/errors.ts";

/**
 * The credential in `Authorization: Bearer`, else in `?token=`.
 * @throws DormouseError `invalid_token` where the header has another form
 */
export function credentialOf(request: Request, url: URL): string | undefined {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    const match = /^Bearer +(\S+) *$/i.exec(authorization);
    if (match?.[1] === undefined) {
      throw new DormouseError("invalid_token", "Invalid Authorization header. Send: Bearer <credential>.");
    }
    return match[1];
  }
  return url.searchParams.get("token") || undefined;
}
