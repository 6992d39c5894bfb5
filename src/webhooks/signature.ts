import { base64, fromBase64 } from "../protocol/base64.ts";

const encoder = new TextEncoder();

const PREFIX = "whsec_";

/**
 * The headers that let a receiver tell that a body comes from us and is fresh: Standard Webhooks 1.0.0
 * (https://www.standardwebhooks.com), with HMAC-SHA256 over id, timestamp and body.
 * There is one signature for each secret, so that a receiver may know any of them.
 * @param secrets each `whsec_` and base64, or any other text as it is
 * @param at milliseconds
 */
export async function signatureHeaders(
  secrets: readonly string[],
  id: string,
  at: number,
  body: string,
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const signed = encoder.encode(`${id}.${timestamp}.${body}`);
  const signatures = secrets.map(async (secret) => {
    const mac = await crypto.subtle.sign("HMAC", await signingKey(secret, "sign"), signed);
    return `v1,${base64(new Uint8Array(mac))}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": (await Promise.all(signatures)).join(" "),
  };
}

/** @param secret `whsec_` and base64, or any other text as it is */
export function signingKey(secret: string, usage: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytesOf(secret), { name: "HMAC", hash: "SHA-256" }, false, [usage]);
}

function bytesOf(secret: string): Uint8Array<ArrayBuffer> {
  if (!secret.startsWith(PREFIX)) return new Uint8Array(encoder.encode(secret));
  return fromBase64(secret.slice(PREFIX.length));
}
