import { credentialOf as bearerOf } from "../auth/credential.ts";
import { isToken } from "../auth/token.ts";
import { isUpgrade, upgradeOfferOf } from "../http/request/upgrade-offer.ts";

/** The credential of a client: the token that it was given, or the guest key that it made up. Tokens have a dot; guest keys have none. */
export type Credential = { token: string; guestKey?: undefined } | { guestKey: string; token?: undefined };

/**
 * The credential that `joinRoom` and `remoteRoom` send, for `authenticate`: from the subprotocol `bearer.…` of a WebSocket, else from
 * `Authorization: Bearer`, else from `?token=`. Nothing of it is verified. A client without a `token` sends a random guest key.
 * @returns undefined if the request has no credential, such as that of an `EventSource`
 * @throws DormouseError `invalid_token` where the header `Authorization` has another form
 * @example
 * authenticate: async (request, env) => {
 *   const user = await userOf(credentialOf(request)?.token, env);
 *   return user && { member: user.id, name: user.name, can: ["read", "publish", "presence"] };
 * },
 */
export function credentialOf(request: Request): Credential | undefined {
  const url = new URL(request.url);
  const credential = isUpgrade(request) ? upgradeOfferOf(request, url).credential : bearerOf(request, url);
  if (!credential) return undefined;
  return isToken(credential) ? { token: credential } : { guestKey: credential };
}
