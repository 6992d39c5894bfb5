import { credentialOf } from "../../auth/credential.ts";
import { DormouseError } from "../../protocol/errors.ts";
import { SUBPROTOCOL } from "../../protocol/limits.ts";
import type { Mode } from "../../rpc/admission.ts";

const BEARER_PREFIX = "bearer.";

/** The subprotocol and parameters that an upgrade request asks for. */
export type UpgradeOffer = { mode: Mode; credential: string | undefined };

/** Whether a request asks for a WebSocket (RFC 6455, section 4.2.1). */
export function isUpgrade(request: Request): boolean {
  return request.method === "GET" && request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/**
 * Reads the mode from `Sec-WebSocket-Protocol` (RFC 6455, section 11.3.4). The credential comes from the subprotocol `bearer.…`, else from
 * `Authorization: Bearer`, else from `?token=`.
 * @throws DormouseError `unknown_subprotocol`, `invalid_token`
 */
export function upgradeOfferOf(request: Request, url: URL): UpgradeOffer {
  const header = request.headers.get("sec-websocket-protocol");
  const offered = header === null ? [] : header.split(",").map((item) => item.trim());
  if (offered.length > 0 && !offered.includes(SUBPROTOCOL)) {
    throw new DormouseError(
      "unknown_subprotocol",
      `Unknown subprotocol. Offer ${SUBPROTOCOL}, or none for a plain socket.`,
    );
  }
  const bearer = offered.find((item) => item.startsWith(BEARER_PREFIX));
  return {
    mode: offered.length > 0 ? "v1" : "plain",
    credential: bearer?.slice(BEARER_PREFIX.length) ?? credentialOf(request, url),
  };
}
