/** Error codes, with the status of an HTTP answer. The codes are stable; the titles are for people and may change. */
export const ERRORS = {
  bad_json: { status: 400, title: "Invalid JSON" },
  bad_event: { status: 400, title: "Unknown event" },
  invalid_event: { status: 400, title: "Missing or invalid field" },
  bad_frame: { status: 400, title: "Invalid binary frame" },
  too_big: { status: 413, title: "Too big" },
  forbidden: { status: 403, title: "Forbidden" },
  banned: { status: 403, title: "Banned from this room" },
  rate_limited: { status: 429, title: "Rate limit exceeded" },
  token_expiring: { status: 401, title: "The token expires soon" },
  invalid_token: { status: 401, title: "Invalid credential" },
  origin_refused: { status: 403, title: "Origin not allowed" },
  invalid_room: { status: 400, title: "Invalid room name" },
  invalid_name: { status: 400, title: "Invalid member name" },
  invalid_query: { status: 400, title: "Invalid query parameter" },
  unknown_subprotocol: { status: 400, title: "Unknown subprotocol" },
  plain_off: { status: 400, title: "Plain sockets are switched off" },
  invitations_off: { status: 400, title: "The service cannot sign invitations" },
  unsupported_type: { status: 415, title: "Unsupported content type" },
  invalid_target: { status: 404, title: "No such message" },
  not_found: { status: 404, title: "Not found" },
  not_empty: { status: 409, title: "The room is not empty" },
  epoch_changed: { status: 409, title: "The room was erased" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  room_full: { status: 503, title: "The room is full" },
  hook_failed: { status: 500, title: "The server's own code failed" },
  hook_async: { status: 500, title: "The server's own code must be synchronous" },
  misconfigured: { status: 500, title: "The service is misconfigured" },
  no_directory: { status: 501, title: "There is no list of rooms" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
  internal: { status: 500, title: "Internal error" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = /* @__PURE__ */ Object.keys(ERRORS) as readonly ErrorCode[];

/** An error that the caller receives: a stable code, and a message for people that says what happened and what to do. */
export class DormouseError extends Error {
  override readonly name = "DormouseError";
  readonly code: ErrorCode;
  /** Milliseconds after which a retry may succeed. */
  readonly retryAfter: number | undefined;
  /** The missing capability. */
  readonly needs: string | undefined;

  constructor(code: ErrorCode, message: string, retryAfter?: number, needs?: string) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
    this.needs = needs;
  }
}
