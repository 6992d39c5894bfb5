import { DormouseError } from "../protocol/codes.ts";
import { SUBPROTOCOL } from "../protocol/limits.ts";
import type { Mode } from "../protocol/mode.ts";

const BEARER_PROTOCOL = "bearer.";

export type Offer = { mode: Mode; credential: string | undefined };

/**
 * What an upgrade offers in `Sec-WebSocket-Protocol` (RFC 6455, section 11.3.4), and the credential that comes with
 * the request: from the subprotocol, else from `Authorization: Bearer`, else from `?token=`.
 * @throws DormouseError `unknown_subprotocol`, `invalid_token`
 */
export function upgradeOfferOf(request: Request, url: URL): Offer {
  const header = request.headers.get("sec-websocket-protocol");
  const offered = header === null ? [] : header.split(",").map((item) => item.trim());
  if (offered.length > 0 && !offered.includes(SUBPROTOCOL)) {
    throw new DormouseError(
      "unknown_subprotocol",
      `Offer the subprotocol ${SUBPROTOCOL}, or none for a plain socket.`,
    );
  }
  const bearer = offered.find((item) => item.startsWith(BEARER_PROTOCOL));
  return {
    mode: offered.length > 0 ? "v1" : "plain",
    credential: bearer?.slice(BEARER_PROTOCOL.length) ?? credentialOf(request, url),
  };
}

/**
 * The credential of a call that is no upgrade.
 * @throws DormouseError `invalid_token`
 */
export function credentialOf(request: Request, url: URL): string | undefined {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    const match = /^Bearer +(\S+) *$/i.exec(authorization);
    if (match?.[1] === undefined) {
      throw new DormouseError("invalid_token", "Authorization must be of the form: Bearer <credential>.");
    }
    return match[1];
  }
  return url.searchParams.get("token") || undefined;
}
