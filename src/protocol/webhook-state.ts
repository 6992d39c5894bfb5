/** The state of a room's webhook, as plain types: the declarations of the package name no schema library. */

/** An attempt that the receiver accepted. `at`: milliseconds. */
export type WebhookSuccess = { at: number; status: number };

/** The codes of attempts without an answer: too late, no connection, or a fault of the room itself. */
export const WEBHOOK_FAILURES = ["timeout", "unreachable", "internal"] as const;

/** An attempt that failed: with the `status` of the answer, or a `code` where there was none. `at`: milliseconds. */
export type WebhookFailure = {
  at: number;
  status?: number | undefined;
  code?: (typeof WEBHOOK_FAILURES)[number] | undefined;
};

export const WEBHOOK_STATES = ["off", "unreadable", "idle", "due", "delivering", "failing"] as const;

/**
 * How the deliveries of a room go.
 *
 * - `state`: `off` without a webhook, `unreadable` where the room cannot read what it stored for it, `idle` where nothing waits, `due` where
 *   something does, `delivering` during an attempt, `failing` where the latest attempts failed.
 * - `lastSuccess`, `lastFailure`: null where the room knows of none.
 * - `failures`: attempts that failed in a row.
 * - `backlog`: messages and membership events that wait, and their bytes as stored.
 * - `dropped`: events that were lost since the last delivery.
 * - `nextAttemptAt`: milliseconds; null where nothing waits.
 */
export type WebhookState = {
  set: boolean;
  state: (typeof WEBHOOK_STATES)[number];
  lastSuccess: WebhookSuccess | null;
  lastFailure: WebhookFailure | null;
  failures: number;
  backlog: { messages: number; membershipEvents: number; bytes: number };
  dropped: number;
  nextAttemptAt: number | null;
};
