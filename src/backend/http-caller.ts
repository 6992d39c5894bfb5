import { DormouseError } from "../protocol/errors.ts";
import { errorOfAnswer, mayRepeat, objectIn } from "./answer-error.ts";
import { readBounded } from "./read-bounded.ts";

/** How long one attempt may take: milliseconds. */
const ATTEMPT_MS = 10_000;

/** The delay before a repeat is random, up to a bound that doubles with each attempt between these: milliseconds. */
const BACKOFF_MS = { first: 500, max: 8000 } as const;

/** Upper limits of an answer and of an error, in bytes. A page of history has about 1 MiB. */
const ANSWER_BYTES = 16_777_216;
const ERROR_BYTES = 65_536;

export type CallerOptions = {
  /** The address of the service, without a slash at its end. */
  base: string;
  token: string | (() => string | Promise<string>) | undefined;
  fetch: (request: Request) => Promise<Response>;
  attempts: number;
  timeoutMs: number;
};

export type HttpCall = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Under the address of the service. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  /** Whether a repeat of a call that was carried out changes nothing. Others are repeated only after 429. */
  isRepeatable: boolean;
};

type Failure = { error: unknown; mayRepeat: boolean };
type Attempt = { answer: Record<string, unknown> } | Failure;

/** Makes HTTP calls, and repeats the ones that may succeed later. */
export class HttpCaller {
  readonly #options: CallerOptions;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /** @returns the JSON object of the answer @throws DormouseError */
  async call(call: HttpCall): Promise<Record<string, unknown>> {
    const { attempts, timeoutMs } = this.#options;
    const end = Date.now() + timeoutMs;
    for (let attempt = 1; ; attempt++) {
      const result = await this.#attempt(call, Math.min(ATTEMPT_MS, end - Date.now()));
      if ("answer" in result) return result.answer;
      const delay = delayAfter(attempt, result.error);
      // A wait that outlasts the call would end without another attempt.
      if (!result.mayRepeat || attempt >= attempts || Date.now() + delay >= end) throw result.error;
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }

  async #attempt(call: HttpCall, ms: number): Promise<Attempt> {
    const abort = new AbortController();
    let expire: (failure: Failure) => void = () => {};
    const timeout = new Promise<Failure>((resolve) => {
      expire = resolve;
    });
    const timer = setTimeout(() => {
      expire({ error: noAnswer(), mayRepeat: call.isRepeatable });
      abort.abort();
    }, ms);
    try {
      return await Promise.race([this.#send(call, abort.signal), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Never rejects, so that nothing is left unhandled after a timeout. */
  async #send(call: HttpCall, signal: AbortSignal): Promise<Attempt> {
    let request: Request;
    try {
      request = await this.#request(call, signal);
    } catch (error) {
      return { error, mayRepeat: false };
    }
    try {
      const response = await this.#options.fetch(request);
      return await resultOf(response, call);
    } catch (cause) {
      // The call may have been carried out: only its answer was lost.
      return { error: noAnswer(cause), mayRepeat: call.isRepeatable };
    }
  }

  /** @throws DormouseError `misconfigured`, and what the function for the token throws */
  async #request({ method, path, headers = {}, body }: HttpCall, signal: AbortSignal): Promise<Request> {
    const { base, token } = this.#options;
    const credential = typeof token === "function" ? await token() : token;
    const authorization = credential ? { authorization: `Bearer ${credential}` } : {};
    try {
      return new Request(base + path, {
        method,
        headers: { accept: "application/json", ...authorization, ...headers },
        // A redirect can lead the token to another host, and turns a POST into a GET.
        redirect: "manual",
        signal,
        ...(body === undefined ? {} : { body }),
      });
    } catch {
      // The text of the error can contain the token.
      const why = "The token has a character that a header cannot carry. Remove line breaks from it.";
      throw new DormouseError("misconfigured", why);
    }
  }
}

async function resultOf(response: Response, { isRepeatable }: HttpCall): Promise<Attempt> {
  const { ok, status } = response;
  const bytes = await readBounded(response, ok ? ANSWER_BYTES : ERROR_BYTES);
  const text = bytes === undefined ? "" : new TextDecoder().decode(bytes);
  if (ok) {
    const answer = objectIn(text);
    if (answer !== undefined) return { answer };
    const why = `The address answered ${status}, and not as Dormouse does. Check the URL.`;
    return { error: new DormouseError("not_found", why), mayRepeat: false };
  }
  const error = errorOfAnswer(response, text);
  return { error, mayRepeat: mayRepeat(status, error, isRepeatable) };
}

/** At least what the service asked for, and a random part (full jitter), so that callers do not repeat at the same moment. */
function delayAfter(attempt: number, error: unknown): number {
  const backoff = Math.min(BACKOFF_MS.max, BACKOFF_MS.first * 2 ** (attempt - 1));
  const asked = error instanceof DormouseError ? (error.retryAfter ?? 0) : 0;
  return asked + Math.random() * backoff;
}

function noAnswer(cause?: unknown): DormouseError {
  const error = new DormouseError(
    "unavailable",
    "The service did not answer. Check the URL, or try again later.",
  );
  return Object.assign(error, cause === undefined ? {} : { cause });
}
