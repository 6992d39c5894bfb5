import type { Webhook } from "../settings/webhook.ts";
import { signatureHeaders } from "./signature.ts";

/** How long a receiver may take: milliseconds. */
export const DELIVERY_TIMEOUT_MS = 10_000;

/** What became of a delivery. `wait`: how long the receiver asked not to be called, in milliseconds; 0 where it did not. */
export type Answer = { is: "taken" | "too_big" | "failed"; wait: number };

const FAILED: Answer = { is: "failed", wait: 0 };

/** One attempt at telling a receiver. Never throws. */
export async function deliver({ url, secret }: Webhook, id: string, body: string): Promise<Answer> {
  const patience = new AbortController();
  // No `AbortSignal.timeout`, whose timer would go on after the answer, and keep the room awake.
  const timer = setTimeout(
    () => patience.abort(new DOMException("No answer", "TimeoutError")),
    DELIVERY_TIMEOUT_MS,
  );
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": "Dormouse",
        ...(await signatureHeaders(secret, id, Date.now(), body)),
      },
      body,
      // A receiver that has moved is told by its owner, not by whoever answers there now.
      redirect: "manual",
      signal: patience.signal,
    });
    await response.body?.cancel();
    if (response.ok) return { is: "taken", wait: 0 };
    console.warn(`The webhook answered ${response.status}.`);
    const wait = waitOf(response.headers.get("retry-after"), Date.now());
    return { is: response.status === 413 ? "too_big" : "failed", wait };
  } catch (error) {
    console.warn("The webhook could not be reached:", error instanceof Error ? error.name : "error");
    return FAILED;
  } finally {
    clearTimeout(timer);
  }
}

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110, section 10.2.3). 0 where it is neither, or past. */
export function waitOf(header: string | null, now: number): number {
  if (header === null) return 0;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? 0 : Math.max(0, wait);
}
