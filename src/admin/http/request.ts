import type { Problem } from "../../protocol/problem.ts";

/** How long the service may take to answer: milliseconds. */
const TIMEOUT_MS = 15_000;

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

export type Call = {
  method?: Method;
  /** A part without a value is left out. */
  query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  body?: unknown;
  /** Makes a retry of a publish safe. */
  idempotencyKey?: string;
  signal?: AbortSignal | undefined;
};

/** The codes of failures that are no answer of the service. */
export type OwnCode = "unreachable" | "unexpected" | "timeout";

/** A call that the service refused, or that did not reach it. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** A code of `docs/PROTOCOL.md`, or one of the page. */
  readonly code: Problem["code"] | OwnCode;
  /** 0 where there was no answer. */
  readonly status: number;

  constructor(code: ApiError["code"], status: number, detail = "") {
    super(detail);
    this.code = code;
    this.status = status;
  }
}

/**
 * Calls the service, and returns the response if it has a good status.
 * @throws ApiError
 */
export async function request(path: string, token: string, call: Call = {}): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal]);
  return await send(path, token, { ...call, signal });
}

/**
 * Like `request`, without a limit of time: for answers that take as long as they are large.
 * @throws ApiError
 */
export async function send(path: string, token: string, call: Call = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(addressOf(path, call.query), {
      method: call.method ?? "GET",
      headers: {
        authorization: `Bearer ${token}`,
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        ...(call.idempotencyKey === undefined ? {} : { "idempotency-key": call.idempotencyKey }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
      cache: "no-store",
    });
  } catch (error) {
    throw new ApiError(isTimeout(error) ? "timeout" : "unreachable", 0);
  }
  if (response.ok) return response;
  throw await errorOf(response);
}

/**
 * The JSON of an answer.
 * @throws ApiError
 */
export async function jsonOf<Answer>(response: Response): Promise<Answer> {
  try {
    return (await response.json()) as Answer;
  } catch (error) {
    throw new ApiError(isTimeout(error) ? "timeout" : "unexpected", response.status);
  }
}

/** The path of a room, or of something in it. */
export function roomPath(room: string, ...rest: readonly (string | number)[]): string {
  return ["/v1/rooms", ...[room, ...rest].map((part) => encodeURIComponent(part))].join("/");
}

function addressOf(path: string, query: Call["query"] = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== "") params.set(name, String(value));
  return params.size === 0 ? path : `${path}?${params}`;
}

async function errorOf(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  if (typeof problem?.code !== "string") return new ApiError("unexpected", response.status);
  return new ApiError(problem.code, response.status, problem.detail);
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}
