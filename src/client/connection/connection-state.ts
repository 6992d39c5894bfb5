import type { Welcome } from "../frames.ts";
import { IMMEDIATE_ATTEMPTS, MAX_BACKOFF_MS, MIN_BACKOFF_MS, SHORT_MS, STABLE_MS } from "../limits.ts";
import type { Disconnect } from "./transport.ts";

/** The state of the connection. Times are in milliseconds, as of `Date.now()`. */
export type ConnectionState =
  | { status: "connecting"; attempt: number }
  | { status: "live"; attempt: number; since: number; welcome: Welcome }
  /** `code` and `reason`: why the last attempt failed, where that is known. */
  | { status: "waiting"; attempt: number; until: number; code: string; reason: string }
  | { status: "closed"; code: string; reason: string };

export type ConnectionEvent =
  | { type: "welcome"; welcome: Welcome }
  | Disconnect
  /** The wait is over, or may end early: the network is back, or the page is visible again. */
  | { type: "retry" };

/** Returns the next state, or the same object where the event changes nothing. */
export function nextState(
  state: ConnectionState,
  event: ConnectionEvent,
  now: number,
  random: () => number,
): ConnectionState {
  if (state.status === "closed") return state;
  if (event.type === "disconnected") {
    const { retry, after, code, reason } = event;
    if (retry === "never") return { status: "closed", code, reason };
    if (state.status === "waiting") return state;
    const attempt = attemptsAfter(state, now);
    const isImmediate = retry === "now" && attempt < IMMEDIATE_ATTEMPTS;
    const bound = isImmediate ? MIN_BACKOFF_MS : Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** attempt);
    return { status: "waiting", attempt: attempt + 1, until: now + after + random() * bound, code, reason };
  }
  const { status, attempt } = state;
  if (event.type === "welcome")
    return status === "connecting" ? { status: "live", attempt, since: now, welcome: event.welcome } : state;
  return status === "waiting" ? { status: "connecting", attempt } : state;
}

/** The number of failed attempts in a row, after a connection that lived for some time. */
function attemptsAfter(state: ConnectionState & { attempt: number }, now: number): number {
  const lived = state.status === "live" ? now - state.since : 0;
  if (lived >= STABLE_MS) return 0;
  return lived >= SHORT_MS ? state.attempt >> 1 : state.attempt;
}
