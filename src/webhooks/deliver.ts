import type { Webhook } from "../settings/webhook.ts";
import { abortAfter } from "../time/time-limit.ts";
import { parseRetryAfter } from "./retry-policy.ts";
import { signatureHeaders } from "./signature.ts";

/** How long a receiver may take to answer: milliseconds. */
export const DELIVERY_TIMEOUT_MS = 10_000;

/** The result of one attempt. `retryAfterMs`: the delay that the receiver asked for; 0 if it did not ask. `code`: why there was no answer. */
export type DeliveryResult = { retryAfterMs: number } & (
  | { outcome: "accepted" | "too_big" | "failed"; status: number }
  | { outcome: "failed"; status?: never; code: "timeout" | "unreachable" }
);

/** Makes one attempt to deliver a body. Never throws. */
export async function deliver(webhook: Webhook, id: string, body: string): Promise<DeliveryResult> {
  return await abortAfter(DELIVERY_TIMEOUT_MS, async (signal) => {
    try {
      return await post(webhook, id, body, signal);
    } catch {
      return { outcome: "failed", code: signal.aborted ? "timeout" : "unreachable", retryAfterMs: 0 };
    }
  });
}

async function post(
  { url, secret, previousSecret }: Webhook,
  id: string,
  body: string,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const secrets = [secret, previousSecret].filter((each) => each !== undefined);
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "Dormouse",
      ...(await signatureHeaders(secrets, id, Date.now(), body)),
    },
    body,
    // Only the owner of the deployment may change the receiver; the one who controls the old address may not.
    redirect: "manual",
    signal,
  });
  await response.body?.cancel();
  const { ok, status } = response;
  if (ok) return { outcome: "accepted", retryAfterMs: 0, status };
  const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), Date.now());
  return { outcome: status === 413 ? "too_big" : "failed", retryAfterMs, status };
}
