/**
 * Every way in which Dormouse says no: error codes (on the wire and over HTTP) and close codes.
 * Codes are stable: clients branch on them. Texts are for people and may change.
 */

/** What a client does after a close: reconnect at once, after a wait, or not at all. */
export type Retry = "now" | "later" | "never";

/** How long a client waits before it reconnects, where the advice is "later": milliseconds, before jitter. */
export const RETRY_LATER_MS = 5000;

/** How long whoever was closed for sending too fast is not let in again: milliseconds. */
export const ABUSE_MS = 10_000;

/**
 * What each close code advises. Codes 1000-1015 are those of RFC 6455, section 7.4.1; 4000-4999 are private use (7.4.2).
 * A table of its own, since the browser client needs no more of them.
 */
const NOW: readonly number[] = [1001, 4002, 4009, 4010];
const ABUSE = 4008;
const NEVER: readonly number[] = [1000, 1003, 1007, 1008, 1009];

/** Close codes by name. `reason` is at most 123 bytes, as RFC 6455, section 5.5, demands of a control frame. */
export const CLOSES = {
  done: { code: 1000, reason: "done" },
  going_away: { code: 1001, reason: "going away" },
  unknown_frame: { code: 1003, reason: "unknown frame type" },
  malformed: { code: 1007, reason: "too many frames in a row that are not JSON" },
  policy: { code: 1008, reason: "against this room's policy" },
  too_big: { code: 1009, reason: "message too big" },
  server_error: { code: 1011, reason: "the server failed; reconnect in a moment" },
  busy: { code: 1013, reason: "room full or busy; try again later" },
  kicked: { code: 4001, reason: "kicked" },
  token_ended: { code: 4002, reason: "token ended; reconnect with a fresh one" },
  forbidden: { code: 4003, reason: "not allowed here" },
  rate_abused: { code: 4008, reason: "rate limit abused" },
  too_slow: { code: 4009, reason: "too slow; resume from your cursor" },
  erased: { code: 4010, reason: "room erased" },
} as const satisfies Record<string, { code: number; reason: string }>;

export type CloseName = keyof typeof CLOSES;

/**
 * The advice for any close code, also for those that this server never sends.
 * A lost connection (1006), a restarting proxy (1012) and the like are worth another try.
 */
export function retryAfterClose(code: number): Retry {
  if (NOW.includes(code)) return "now";
  return (code >= 4000 && code !== ABUSE) || NEVER.includes(code) ? "never" : "later";
}

/** Error codes, with the HTTP status of the answer where the error is an answer to a request. */
export const ERRORS = {
  bad_json: { status: 400, title: "Not JSON" },
  bad_event: { status: 400, title: "Not an event of this protocol" },
  invalid_event: { status: 400, title: "A missing or wrong field" },
  bad_frame: { status: 400, title: "A binary frame that is not framed as the protocol says" },
  too_big: { status: 413, title: "Message too big" },
  forbidden: { status: 403, title: "Not allowed" },
  banned: { status: 403, title: "Banned from this room" },
  rate_limited: { status: 429, title: "Too many, too fast" },
  token_expiring: { status: 401, title: "The token ends soon" },
  invalid_token: { status: 401, title: "The credential is not valid" },
  origin_refused: { status: 403, title: "This origin may not connect" },
  invalid_room: { status: 400, title: "Not a room name" },
  invalid_name: { status: 400, title: "Not a member name" },
  invalid_query: { status: 400, title: "A query parameter that is wrong" },
  unknown_subprotocol: { status: 400, title: "No subprotocol that this server speaks" },
  plain_off: { status: 400, title: "Plain sockets are switched off" },
  unsupported_type: { status: 415, title: "Not a content type that this call takes" },
  not_found: { status: 404, title: "Nothing here" },
  epoch_changed: { status: 409, title: "The room was erased" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  room_full: { status: 503, title: "The room is full" },
  hook_failed: { status: 500, title: "The server's own code failed" },
  hook_async: { status: 500, title: "The server's own code must decide synchronously" },
  misconfigured: { status: 500, title: "The service is not set up right" },
  unavailable: { status: 503, title: "Not available right now" },
  internal: { status: 500, title: "The server failed" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = /* @__PURE__ */ Object.keys(ERRORS) as readonly ErrorCode[];
export const CLOSE_NAMES = /* @__PURE__ */ Object.keys(CLOSES) as readonly CloseName[];

/** `application/problem+json` (RFC 9457) with the stable `code`; `retryAfter` in milliseconds. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  retryAfter?: number;
  /** The capability that the request needs: who lacks it may still be let in. */
  needs?: string;
};

/** An error that is meant for whoever caused it: a stable code and a sentence that a person can act on. */
export class DormouseError extends Error {
  override readonly name = "DormouseError";
  readonly code: ErrorCode;
  /** Milliseconds after which another try may go better. */
  readonly retryAfter: number | undefined;
  /** The capability that is missing. */
  readonly needs: string | undefined;

  constructor(code: ErrorCode, message: string, retryAfter?: number, needs?: string) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
    this.needs = needs;
  }
}

export function problemOf({ code, message, retryAfter, needs }: DormouseError): Problem {
  const { status, title } = ERRORS[code];
  return {
    type: "about:blank",
    title,
    status,
    code,
    detail: message,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(needs === undefined ? {} : { needs }),
  };
}

/** The answer to a request that is refused. */
export function problemResponse(error: DormouseError, headers: Record<string, string> = {}): Response {
  const problem = problemOf(error);
  const retry: Record<string, string> =
    error.retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(error.retryAfter / 1000)) };
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...retry,
      ...headers,
    },
  });
}
