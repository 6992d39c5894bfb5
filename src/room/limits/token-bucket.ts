/** The level of a bucket at a time, in milliseconds. Negative tokens are a debt. */
export type BucketLevel = { tokens: number; at: number };

/** The longest wait, in milliseconds. */
const MAX_WAIT_MS = 60_000;

/**
 * A token bucket: `rate` tokens a second flow in, up to `burst`. A refused caller receives the time of its next try, each a little later than
 * the one before, so that they do not all return at once. With a `rate` of 0 there is no limit.
 */
export class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  #level: BucketLevel;
  /** The latest time that a refused caller received. */
  #lastRetryAt = 0;

  /** @param level an earlier level; undefined if the bucket is full */
  constructor(rate: number, burst: number, level: BucketLevel | undefined, now: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#level = level ?? { tokens: burst, at: now };
  }

  level(now: number): BucketLevel {
    const { tokens, at } = this.#level;
    const refill = Math.max(0, now - at) * (this.#rate / 1000);
    this.#level = { tokens: Math.min(this.#burst, tokens + refill), at: Math.max(at, now) };
    return this.#level;
  }

  /** Empties the bucket for so many milliseconds: the tokens that flow in meanwhile are taken in advance. */
  overdraw(ms: number, now: number): void {
    this.level(now).tokens = (-ms / 1000) * this.#rate;
  }

  /**
   * Takes the cost of something that has already happened. The level may become negative.
   * @param maxDebt how far below zero; a level that is lower already stays
   */
  charge(cost: number, now: number, maxDebt = Number.POSITIVE_INFINITY): void {
    const level = this.level(now);
    level.tokens = Math.max(Math.min(level.tokens, -maxDebt), level.tokens - cost);
  }

  isFull(now: number): boolean {
    return this.#rate === 0 || this.level(now).tokens >= this.#burst;
  }

  /**
   * Takes the cost of something, if the bucket holds it. A cost above the burst counts as the burst.
   * @returns 0, or in how many milliseconds to try again
   */
  take(cost: number, now: number): number {
    const wait = this.wait(cost, now);
    if (wait === 0 && this.#rate > 0) this.level(now).tokens -= Math.min(cost, this.#burst);
    return wait;
  }

  /** In how many milliseconds to try something of this cost; 0 if the bucket holds it. */
  wait(cost: number, now: number): number {
    if (this.#rate === 0) return 0;
    const { tokens } = this.level(now);
    const price = Math.min(cost, this.#burst);
    if (tokens >= price) return 0;
    const soonest = now + ((price - tokens) / this.#rate) * 1000;
    const afterOthers = this.#lastRetryAt + (price / this.#rate) * 1000;
    this.#lastRetryAt = Math.max(soonest, Math.min(afterOthers, now + MAX_WAIT_MS));
    return Math.ceil(this.#lastRetryAt - now);
  }
}
