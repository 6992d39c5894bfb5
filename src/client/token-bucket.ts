/** The server charges a frame one token, and one more for each full part of this size: UTF-16 code units or bytes. */
const PART_SIZE = 16 * 1024;

/** What a frame of this size costs. */
export const costOf = (size: number): number => 1 + Math.floor(size / PART_SIZE);

/**
 * The server's rate limiter as the client knows it, so that nothing is sent that would be refused. It outlives connections,
 * as the server's does.
 */
export class TokenBucket {
  /** Tokens a millisecond; 0: no limit. */
  #rate = 0;
  #burst = 0;
  #level = Infinity;
  #at = 0;

  /** What `welcome.limits` says. @param rate a second; 0: no limit @param burst at once */
  limit(rate: number, burst: number): void {
    this.#rate = rate / 1000;
    this.#burst = burst;
  }

  get #tokens(): number {
    const now = Date.now();
    this.#level = Math.min(this.#burst, this.#level + Math.max(0, now - this.#at) * this.#rate);
    this.#at = now;
    return this.#level;
  }

  /** In how many milliseconds something of this cost may be sent. Something is kept back, for frames that arrive closer together. */
  wait(cost: number): number {
    const reserve = Math.min(this.#burst / 4, this.#rate * 500);
    const missing = Math.min(cost + reserve, this.#burst) - this.#tokens;
    return this.#rate && Math.max(0, Math.ceil(missing / this.#rate));
  }

  spend(cost: number): void {
    this.#level = this.#tokens - cost;
  }

  /** The server refused something of this cost for so many milliseconds, so it knows of less than was thought. */
  refused(cost: number, retryAfter: number): void {
    this.#level = Math.min(this.#tokens, cost - retryAfter * this.#rate);
  }
}
