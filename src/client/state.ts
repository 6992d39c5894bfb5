import type { Retry } from "../protocol/codes.ts";
import type { Welcome } from "../protocol/down.ts";

/** Where the connection is. Each state has its own fields and no others. Times are in milliseconds, as of `Date.now()`. */
export type ConnectionState =
  | { status: "connecting"; attempt: number }
  | { status: "live"; attempt: number; since: number; welcome: Welcome }
  /** `code` and `reason`: why the last attempt failed, as far as is known. */
  | { status: "waiting"; attempt: number; until: number; code: string; reason: string }
  | { status: "closed"; code: string; reason: string };

/** What can happen to a connection. */
export type ConnectionEvent =
  | { type: "welcome"; welcome: Welcome }
  /** The socket ended, with the advice for what comes next; `after`: the least wait. */
  | { type: "lost"; retry: Retry; after: number; code: string; reason: string }
  /** The wait is over, or there is a reason to end it: the network is back, the page is shown. */
  | { type: "retry" }
  /** Left by the application. */
  | { type: "end"; code: string; reason: string };

/** Full jitter: a wait is a random part of a bound that doubles from the first of these to the second. */
const BACKOFF_MS = { least: 500, most: 20_000 } as const;

/** A connection that lived this long was a good one: the next attempt is again a first one. One of some seconds is half as good. */
const STEADY_MS = 10_000;
const FAIR_MS = 2000;

/** How often in a row "now" is taken at its word. */
const PROMPT_ATTEMPTS = 3;

/**
 * The next state. It is pure: the clock and the dice come with the call. An event that means nothing in a state leaves it
 * as it is (the same object).
 */
export function next(
  state: ConnectionState,
  event: ConnectionEvent,
  now: number,
  random: () => number,
): ConnectionState {
  if (state.status === "closed") return state;
  switch (event.type) {
    case "welcome":
      if (state.status !== "connecting") return state;
      return { status: "live", attempt: state.attempt, since: now, welcome: event.welcome };
    case "lost": {
      if (state.status === "waiting") return state;
      const { code, reason } = event;
      if (event.retry === "never") return { status: "closed", code, reason };
      const attempt = attemptAfter(state, now);
      const isPrompt = event.retry === "now" && attempt < PROMPT_ATTEMPTS;
      const bound = isPrompt ? BACKOFF_MS.least : Math.min(BACKOFF_MS.most, BACKOFF_MS.least * 2 ** attempt);
      const until = now + event.after + random() * bound;
      return { status: "waiting", attempt: attempt + 1, until, code, reason };
    }
    case "retry":
      return state.status === "waiting" ? { status: "connecting", attempt: state.attempt } : state;
    case "end":
      return { status: "closed", code: event.code, reason: event.reason };
  }
}

/** How many attempts a connection that is lost has behind it, by how good it was. */
function attemptAfter(state: ConnectionState & { attempt: number }, now: number): number {
  const lived = state.status === "live" ? now - state.since : 0;
  if (lived >= STEADY_MS) return 0;
  return lived >= FAIR_MS ? state.attempt >> 1 : state.attempt;
}
