import { ApiError, request } from "../../http/request.ts";
import { type Payload, signToken } from "./sign-token.ts";

/** How long the token of the check is valid, in seconds: enough for a clock that is a little wrong. */
const CHECK_SECONDS = 300;

/** `unknown`: the service could not be asked. */
export type SecretCheck = "accepted" | "refused" | "unknown";

/**
 * Asks the service whether it accepts a secret. It sends a token for no room and without a capability, which can do nothing: the service
 * refuses it as forbidden where it knows the signature, and as invalid where it does not.
 * @param expected the issuer and the audience that the service requires
 */
export async function checkSecret(
  secret: string,
  now: number,
  expected: Pick<Payload, "iss" | "aud">,
): Promise<SecretCheck> {
  const claims = { sub: "token-check", rooms: [], can: [], iat: now, exp: now + CHECK_SECONDS };
  try {
    await request("/v1/settings", await signToken({ ...claims, ...expected }, secret));
    return "unknown";
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "forbidden") return "accepted";
    return error.code === "invalid_token" ? "refused" : "unknown";
  }
}
