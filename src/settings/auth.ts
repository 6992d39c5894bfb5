import { readText, SettingError, type Vars } from "./read.ts";

/** How clients are authenticated. */
export type Auth = {
  /** `open`: a client without a token is a guest. `token`: every client needs a valid token. */
  mode: "open" | "token";
  /** The key of HS256 tokens. */
  secret: string | undefined;
  /** The address of the public keys of RS256, ES256 and EdDSA tokens (RFC 7517). */
  jwksUrl: string | undefined;
  issuer: string | undefined;
  audience: string | undefined;
};

/** HS256 needs a key of 256 bits (RFC 7518, section 3.2). */
const SAFE_SECRET_CHARS = 32;

/** @throws SettingError */
export function readAuth(vars: Vars): Auth {
  const mode = vars.AUTH_MODE ?? "open";
  if (mode !== "open" && mode !== "token") {
    throw new SettingError(`AUTH_MODE must be "open" or "token", not ${JSON.stringify(mode)}.`);
  }
  const secret = readText(vars, "AUTH_SECRET");
  if (secret?.trim() === "")
    throw new SettingError("AUTH_SECRET is blank. Set it to 32 random bytes or more.");
  if (secret !== undefined && secret.length < SAFE_SECRET_CHARS)
    console.warn(
      `AUTH_SECRET has fewer than ${SAFE_SECRET_CHARS} characters, so it can be guessed. Use a longer one.`,
    );
  const jwksUrl = readText(vars, "AUTH_JWKS_URL");
  if (jwksUrl !== undefined && (!URL.canParse(jwksUrl) || !/^https?:$/.test(new URL(jwksUrl).protocol))) {
    throw new SettingError("AUTH_JWKS_URL must be an http(s) address.");
  }
  if (mode === "token" && secret === undefined && jwksUrl === undefined) {
    throw new SettingError(
      "AUTH_MODE is token, but neither AUTH_SECRET nor AUTH_JWKS_URL is set. Set one of them.",
    );
  }
  return {
    mode,
    secret,
    jwksUrl,
    issuer: readText(vars, "AUTH_ISSUER"),
    audience: readText(vars, "AUTH_AUDIENCE"),
  };
}
