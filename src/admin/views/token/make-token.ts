import { TOKEN_BYTES } from "../../../protocol/limits.ts";
import type { ServiceSettings } from "../../../protocol/service-settings.ts";
import { SAFE_SECRET_CHARS } from "../../../protocol/token-rules.ts";
import { checkSecret, type SecretCheck } from "./check-secret.ts";
import { type Payload, signToken } from "./sign-token.ts";
import type { TokenRequest } from "./token-form.ts";

/** A token, and the check of its secret. `tooBig`: the page made no token, because it would be too long. `check`: undefined while the check runs. */
export type Made = { payload: Payload } & (
  | { tooBig: true }
  | { tooBig?: never; token: string; isShort: boolean; hasTwoSecrets: boolean; check?: SecretCheck }
);

/**
 * Signs a token, and then asks the service about the secret. The token itself is not sent.
 * @param settings those of the service, for its issuer and its audience; undefined where they are not known
 * @param onStep receives the token, and again with the outcome of the check
 */
export async function makeToken(
  { member, name, rooms, can, lifetime }: TokenRequest,
  secret: string,
  settings: ServiceSettings | undefined,
  onStep: (made: Made) => void,
): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const payload = { ...expectedOf(settings), sub: member, name, rooms, can, iat: now, exp: now + lifetime };
  const token = await signToken(payload, secret);
  if (token.length > TOKEN_BYTES) return onStep({ payload, tooBig: true });
  const hasTwoSecrets = isSet(settings, "AUTH_SECRET_PREVIOUS");
  const made = { payload, token, isShort: secret.trim().length < SAFE_SECRET_CHARS, hasTwoSecrets };
  onStep(made);
  onStep({ ...made, check: await checkOf(secret, now, settings) });
}

/** An answer that has another reason than the secret says nothing of it. */
async function checkOf(
  secret: string,
  now: number,
  settings: ServiceSettings | undefined,
): Promise<SecretCheck> {
  // The service's own code would refuse any such token as it likes.
  if (settings?.signIn === "code") return "unknown";
  const check = await checkSecret(secret, now, expectedOf(settings));
  // The token of the check may lack the issuer and the audience that the service requires.
  return settings === undefined && check === "refused" ? "unknown" : check;
}

/** The claims that the service requires of every token. */
function expectedOf(settings: ServiceSettings | undefined): Pick<Payload, "iss" | "aud"> {
  const textOf = (setting: string) => {
    const value = settings?.settings.find(({ name }) => name === setting)?.value;
    return typeof value === "string" ? value : undefined;
  };
  return { iss: textOf("AUTH_ISSUER"), aud: textOf("AUTH_AUDIENCE") };
}

function isSet(settings: ServiceSettings | undefined, setting: string): boolean {
  return settings?.settings.some(({ name, set }) => name === setting && set === true) ?? false;
}
