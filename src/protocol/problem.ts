import { type DormouseError, ERRORS, type ErrorCode } from "./errors.ts";

/** The body of an HTTP error: `application/problem+json` (RFC 9457) with a stable `code`. `problemSchema` validates it. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  /** For people: what happened, and what to do. */
  detail: string;
  /** Milliseconds after which a retry may succeed. */
  retryAfter?: number;
  /** The capability that the credential lacks. */
  needs?: string;
};

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

/** The HTTP response for an error. */
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
