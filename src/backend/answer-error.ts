import { DormouseError, type ErrorCode } from "../protocol/errors.ts";
import { parseRetryAfter } from "../webhooks/retry-policy.ts";

const CODE = /^[a-z][a-z0-9_]{0,63}$/;

/** Codes of a server error that a repeat meets again: what is wrong is the code or the settings of the server. */
const PERMANENT: readonly string[] = ["misconfigured", "hook_async", "hook_failed"];

/** The likely error when an answer does not come from Dormouse: a proxy or another program sent it. */
const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: "invalid_token",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  413: "too_big",
  429: "rate_limited",
};

/** The error that an HTTP answer other than 2xx stands for. */
export function errorOfAnswer(
  { status, headers }: Pick<Response, "status" | "headers">,
  text: string,
): DormouseError {
  const header = parseRetryAfter(headers.get("retry-after"), Date.now()) || undefined;
  const { code, detail, retryAfter = header, needs } = problemIn(text);
  if (code !== undefined) {
    const why = detail ?? `The service answered ${status} with the code ${code}.`;
    return new DormouseError(code, why, retryAfter, needs);
  }
  if (status >= 500)
    return new DormouseError("unavailable", `The service answered ${status}. Try again later.`, retryAfter);
  const likely = CODE_BY_STATUS[status] ?? "not_found";
  const why = `The address answered ${status}, and not as Dormouse does. Check the URL, and any proxy in front of it.`;
  return new DormouseError(likely, why, retryAfter);
}

/**
 * Whether to repeat a call after its answer. After 429 the room did nothing; any other error may follow a write.
 * @param isRepeatable whether a repeat of a call that was carried out changes nothing
 */
export function mayRepeat(status: number, { code }: DormouseError, isRepeatable: boolean): boolean {
  return status === 429 || (isRepeatable && status >= 500 && !PERMANENT.includes(code));
}

type Fields = {
  code?: ErrorCode;
  detail?: string | undefined;
  retryAfter?: number | undefined;
  needs?: string | undefined;
};

/** A newer service may have codes that this library does not know: they are passed on. */
function problemIn(text: string): Fields {
  const problem = objectIn(text);
  const { code, detail, retryAfter, needs } = problem ?? {};
  if (typeof code !== "string" || !CODE.test(code)) return {};
  return {
    code: code as ErrorCode,
    detail: typeof detail === "string" ? detail : undefined,
    retryAfter: typeof retryAfter === "number" && retryAfter >= 0 ? retryAfter : undefined,
    needs: typeof needs === "string" ? needs : undefined,
  };
}

/** The JSON object in a text; undefined where it is something else. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
