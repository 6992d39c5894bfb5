import { waitUntil } from "cloudflare:workers";
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from "jose";
import { DormouseError } from "../protocol/errors.ts";

/** Keys of this age are fetched again before they are used: milliseconds. */
const MAX_AGE_MS = 600_000;

/** The shortest time between two fetches that an unknown key causes, and from a failed fetch to the next one: milliseconds. */
const COOLDOWN_MS = 10_000;

/** How long the endpoint may take to answer: milliseconds. */
const TIMEOUT_MS = 5000;

/** How long a request waits for a fetch, which may be another request's and may be lost with it: milliseconds. */
const WAIT_MS = TIMEOUT_MS + 1000;

/** Characters of the largest key set that is taken. */
const MOST_CHARS = 262_144;

type KeySet = { find: JWTVerifyGetKey; at: number };
type Load = { done: Promise<KeySet | undefined>; at: number };

/**
 * The public keys behind one address (RFC 7517), shared by all requests of an isolate. Keys that were fetched once stay in use while
 * the endpoint fails, and a failure is remembered, so that the endpoint is not asked again for each call.
 */
export class RemoteKeySet {
  readonly #url: string;
  #keys: KeySet | undefined;
  #loading: Load | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * The key that a token names; to be given to `jwtVerify`.
   * @throws JWKSNoMatchingKey where the endpoint, asked at most 10 seconds ago, has no such key
   * @throws JWKSMultipleMatchingKeys where the token names none and there are several
   * @throws DormouseError `unavailable` where it cannot be known whether there is such a key
   */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const keys = await this.#current();
    try {
      return await keys.find(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw this.#fail(error);
      if (isWithin(COOLDOWN_MS, keys.at)) throw error;
    }
    // It may be a new key. Without an answer from the endpoint, the token cannot be called wrong.
    const fresh = await this.#load();
    if (fresh === undefined) throw this.#unavailable();
    return await fresh.find(header, token);
  };

  async #current(): Promise<KeySet> {
    const kept = this.#keys;
    if (kept !== undefined && (isWithin(MAX_AGE_MS, kept.at) || this.#pending !== undefined)) return kept;
    const keys = (await this.#load()) ?? kept;
    if (keys === undefined) throw this.#unavailable();
    return keys;
  }

  /** One fetch at a time, and none soon after one that failed. Undefined where there is no answer. */
  async #load(): Promise<KeySet | undefined> {
    if (isWithin(COOLDOWN_MS, this.#failedAt)) return undefined;
    let load = this.#pending;
    if (load === undefined) {
      load = { done: this.#fetch(), at: Date.now() };
      this.#loading = load;
      // Others wait for it, too, so it must outlive the request that began it.
      waitUntil(load.done);
    }
    return await withTimeout(load.done);
  }

  /** A fetch that was lost with its request is none. */
  get #pending(): Load | undefined {
    return this.#loading !== undefined && isWithin(WAIT_MS, this.#loading.at) ? this.#loading : undefined;
  }

  /** Never rejects. */
  async #fetch(): Promise<KeySet | undefined> {
    const abort = new AbortController();
    // No `AbortSignal.timeout`, whose timer would go on after the answer, and keep a room awake that renews a token.
    const timer = setTimeout(() => abort.abort(new DOMException("No answer", "TimeoutError")), TIMEOUT_MS);
    try {
      const response = await fetch(this.#url, {
        headers: { accept: "application/jwk-set+json, application/json", "user-agent": "Dormouse" },
        redirect: "manual",
        signal: abort.signal,
      });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`The answer has the status ${response.status}, not 200.`);
      if (text.length > MOST_CHARS) throw new Error(`The answer has over ${MOST_CHARS} characters.`);
      this.#keys = { find: createLocalJWKSet(JSON.parse(text)), at: Date.now() };
      return this.#keys;
    } catch (error) {
      this.#failedAt = Date.now();
      this.#fail(error);
      return undefined;
    } finally {
      clearTimeout(timer);
      this.#loading = undefined;
    }
  }

  #fail(error: unknown): DormouseError {
    console.error("The keys at AUTH_JWKS_URL could not be had:", error);
    return this.#unavailable();
  }

  #unavailable(): DormouseError {
    const wait = Math.max(1000, this.#failedAt + COOLDOWN_MS - Date.now());
    return new DormouseError(
      "unavailable",
      "The keys to check tokens with cannot be had. Try again later.",
      wait,
    );
  }
}

function isWithin(duration: number, since: number): boolean {
  return Date.now() < since + duration;
}

async function withTimeout<T>(promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const end = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), WAIT_MS);
  });
  try {
    return await Promise.race([promise, end]);
  } finally {
    clearTimeout(timer);
  }
}
