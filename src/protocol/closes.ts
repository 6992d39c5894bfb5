/**
 * Close codes, and when a client may reconnect. Codes 1000 to 1015 are those of RFC 6455, section 7.4.1; 4000 to 4999 are for private
 * use (section 7.4.2). The codes are stable; the reasons are for people and may change.
 */

/** When a client reconnects after a close: at once, after a wait, or not at all. */
export type Retry = "now" | "later" | "never";

/** How long a client waits where the advice is "later": milliseconds, before jitter. */
export const RETRY_LATER_MS = 5000;

/** How long a session that was closed for exceeding the rate limit is refused: milliseconds. */
export const ABUSE_MS = 10_000;

/** Closes by name. `reason` has at most 123 bytes, the limit of a control frame (RFC 6455, section 5.5). */
export const CLOSES = {
  done: { code: 1000, reason: "done" },
  going_away: { code: 1001, reason: "going away" },
  unknown_frame: { code: 1003, reason: "unknown frame type" },
  malformed: { code: 1007, reason: "too many frames in a row that are not JSON" },
  policy: { code: 1008, reason: "refused by policy" },
  too_big: { code: 1009, reason: "message too big" },
  server_error: { code: 1011, reason: "server error; reconnect later" },
  busy: { code: 1013, reason: "room full or busy; reconnect later" },
  kicked: { code: 4001, reason: "kicked" },
  token_ended: { code: 4002, reason: "token expired; reconnect with a new token" },
  forbidden: { code: 4003, reason: "forbidden" },
  rate_abused: { code: 4008, reason: "rate limit exceeded; reconnect later" },
  too_slow: { code: 4009, reason: "client too slow; reconnect with your cursor" },
  erased: { code: 4010, reason: "room erased" },
} as const satisfies Record<string, { code: number; reason: string }>;

export type CloseName = keyof typeof CLOSES;
export const CLOSE_NAMES = /* @__PURE__ */ Object.keys(CLOSES) as readonly CloseName[];

// Separate from CLOSES, so that the browser client bundles only these numbers.
const RETRY_NOW: readonly number[] = [1001, 4002, 4009, 4010];
const RETRY_NEVER: readonly number[] = [1000, 1003, 1007, 1008, 1009];
const RATE_ABUSED = 4008;

/**
 * The advice for any close code, including codes that this server never sends. Unknown private codes mean "never". A lost connection
 * (1006), a restarting proxy (1012) and similar codes mean "later".
 */
export function retryAfterClose(code: number): Retry {
  if (RETRY_NOW.includes(code)) return "now";
  return (code >= 4000 && code !== RATE_ABUSED) || RETRY_NEVER.includes(code) ? "never" : "later";
}
