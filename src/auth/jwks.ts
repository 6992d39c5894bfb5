import { waitUntil } from "cloudflare:workers";
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from "jose";
import { DormouseError } from "../protocol/errors.ts";
import { isolateTelemetry } from "../telemetry/isolate-telemetry.ts";
import { abortAfter, waitAtMost } from "../time/time-limit.ts";

/** The age at which keys are fetched again before use, in milliseconds. */
const MAX_AGE_MS = 600_000;

/** The shortest time between two fetches for unknown keys, and after a failed fetch, in milliseconds. */
const COOLDOWN_MS = 10_000;

/** The time limit of a fetch, in milliseconds. */
const TIMEOUT_MS = 5000;

/** How long a request waits for a fetch, in milliseconds. The fetch may belong to another request and end with that request. */
const WAIT_MS = TIMEOUT_MS + 1000;

/** Upper limit of a key set, in characters. */
const MOST_CHARS = 262_144;

type KeySet = { find: JWTVerifyGetKey; at: number };
type Load = { done: Promise<KeySet | undefined>; at: number };

/**
 * The public keys at one address (RFC 7517), shared by all requests of an isolate. While the endpoint fails, the last keys stay in use.
 * After a failure, the endpoint is not asked again before the cooldown ends.
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
   * Finds the key of a token. Pass it to `jwtVerify`.
   * @throws JWKSNoMatchingKey where the endpoint does not have the key, as of at most 10 seconds ago
   * @throws JWKSMultipleMatchingKeys where the token has no `kid` and several keys match
   * @throws DormouseError `unavailable` where the keys could not be fetched
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
    // The key may be new. Without an answer from the endpoint, the token may be valid.
    const fresh = await this.#load();
    if (fresh === undefined) throw this.#unavailable();
    return await fresh.find(header, token);
  };

  async #current(): Promise<KeySet> {
    const cached = this.#keys;
    if (cached !== undefined && (isWithin(MAX_AGE_MS, cached.at) || this.#pending !== undefined))
      return cached;
    const keys = (await this.#load()) ?? cached;
    if (keys === undefined) throw this.#unavailable();
    return keys;
  }

  /** Runs one fetch at a time, and none during the cooldown of a failure. Undefined where the fetch fails. */
  async #load(): Promise<KeySet | undefined> {
    if (isWithin(COOLDOWN_MS, this.#failedAt)) return undefined;
    let load = this.#pending;
    if (load === undefined) {
      load = { done: this.#fetch(), at: Date.now() };
      this.#loading = load;
      // Other requests wait for it too, so it must outlive this request.
      waitUntil(load.done);
    }
    return await waitAtMost(WAIT_MS, load.done, () => undefined);
  }

  /** Ignores a fetch that ended with its request. */
  get #pending(): Load | undefined {
    return this.#loading !== undefined && isWithin(WAIT_MS, this.#loading.at) ? this.#loading : undefined;
  }

  /** Never rejects. */
  async #fetch(): Promise<KeySet | undefined> {
    try {
      const text = await abortAfter(TIMEOUT_MS, (signal) => this.#read(signal));
      this.#keys = { find: createLocalJWKSet(JSON.parse(text)), at: Date.now() };
      return this.#keys;
    } catch (error) {
      this.#failedAt = Date.now();
      this.#fail(error);
      return undefined;
    } finally {
      this.#loading = undefined;
    }
  }

  async #read(signal: AbortSignal): Promise<string> {
    const response = await fetch(this.#url, {
      headers: { accept: "application/jwk-set+json, application/json", "user-agent": "Dormouse" },
      redirect: "manual",
      signal,
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`The status is ${response.status}, not 200.`);
    if (text.length > MOST_CHARS) throw new Error(`The key set has more than ${MOST_CHARS} characters.`);
    return text;
  }

  #fail(error: unknown): DormouseError {
    const step = "The keys at AUTH_JWKS_URL could not be fetched";
    isolateTelemetry.fault("keys_unavailable", step, error);
    return this.#unavailable();
  }

  #unavailable(): DormouseError {
    const wait = Math.max(1000, this.#failedAt + COOLDOWN_MS - Date.now());
    return new DormouseError(
      "unavailable",
      "The keys for verifying tokens could not be fetched. Try again later.",
      wait,
    );
  }
}

function isWithin(duration: number, since: number): boolean {
  return Date.now() < since + duration;
}
