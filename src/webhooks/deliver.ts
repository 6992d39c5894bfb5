import type { Webhook } from "../settings/webhook.ts";
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
export async function deliver(
  { url, secret, previousSecret }: Webhook,
  id: string,
  body: string,
): Promise<DeliveryResult> {
  const secrets = [secret, previousSecret].filter((each) => each !== undefined);
  const timeout = new AbortController();
  // The timer of `AbortSignal.timeout` would outlast the answer and keep the room awake.
  const timer = setTimeout(
    () => timeout.abort(new DOMException("No answer", "TimeoutError")),
    DELIVERY_TIMEOUT_MS,
  );
  try {
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
      signal: timeout.signal,
    });
    await response.body?.cancel();
    const { ok, status } = response;
    if (ok) return { outcome: "accepted", retryAfterMs: 0, status };
    const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), Date.now());
    return { outcome: status === 413 ? "too_big" : "failed", retryAfterMs, status };
  } catch {
    const code = timeout.signal.aborted ? "timeout" : "unreachable";
    return { outcome: "failed", code, retryAfterMs: 0 };
  } finally {
    clearTimeout(timer);
  }
}
