import { base64, fromBase64 } from "../protocol/base64.ts";

const encoder = new TextEncoder();

const PREFIX = "whsec_";

/**
 * The headers that let a receiver tell that a body comes from us and is fresh: Standard Webhooks 1.0.0
 * (https://www.standardwebhooks.com), with HMAC-SHA256 over id, timestamp and body.
 * @param secret `whsec_` and base64, or any other text as it is
 * @param at milliseconds
 */
export async function signatureHeaders(
  secret: string,
  id: string,
  at: number,
  body: string,
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const key = await signingKey(secret, "sign");
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(`${id}.${timestamp}.${body}`));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${base64(new Uint8Array(mac))}`,
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
