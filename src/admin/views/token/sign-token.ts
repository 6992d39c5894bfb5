import { base64url } from "../../../protocol/base64.ts";

/** The claims of a token, as `createToken` of the package writes them. Times are in seconds. */
export type Payload = {
  sub: string;
  name?: string | undefined;
  rooms: readonly string[];
  can: readonly string[];
  iss?: string | undefined;
  aud?: string | undefined;
  iat: number;
  exp: number;
};

const encoder = new TextEncoder();

/**
 * Signs a token (HS256) in the browser. The key cannot be read back, and neither it nor the secret outlives the call.
 * @example const token = await signToken({ sub: "ada", rooms: ["lobby"], can: ["read"], iat, exp: iat + 3600 }, secret);
 */
export async function signToken(payload: Payload, secret: string): Promise<string> {
  const signed = [{ alg: "HS256", typ: "JWT" }, payload].map(encoded).join(".");
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(signed));
  return `${signed}.${base64url(new Uint8Array(mac))}`;
}

function encoded(part: object): string {
  return base64url(encoder.encode(JSON.stringify(part)));
}
