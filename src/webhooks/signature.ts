import { fromBase64, toBase64 } from "../protocol/base64.ts";

const encoder = new TextEncoder();

const PREFIX = "whsec_";

/**
 * Signs a delivery as Standard Webhooks 1.0.0 specifies (https://www.standardwebhooks.com): HMAC-SHA256 over id, timestamp
 * and body.
 * @param secret `whsec_` followed by base64, or any other text, whose bytes are the key
 * @param at milliseconds
 * @returns the headers by which a receiver verifies the sender and the age of the body
 */
export async function signatureHeaders(
  secret: string,
  id: string,
  at: number,
  body: string,
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const key = await crypto.subtle.importKey("raw", keyOf(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(`${id}.${timestamp}.${body}`));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${toBase64(new Uint8Array(mac))}`,
  };
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  if (!secret.startsWith(PREFIX)) return new Uint8Array(encoder.encode(secret));
  return fromBase64(secret.slice(PREFIX.length));
}
