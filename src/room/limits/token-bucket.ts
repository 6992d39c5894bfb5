/** What a bucket held at a time, in milliseconds. */
export type BucketLevel = { tokens: number; at: number };

/** No wait is longer than this, in milliseconds, so that nobody is told to come back tomorrow. */
const LONGEST_MS = 60_000;

/**
 * A token bucket: `rate` tokens a second flow in, up to `burst`. Who finds it empty is told when to come back, each a little
 * later than the one before, so that they do not all return at once. `rate` 0: no limit.
 */
export class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  #level: BucketLevel;
  /** Until when those who were turned away have been given their times. */
  #promised = 0;

  /** @param level what it held earlier, where it is not full */
  constructor(rate: number, burst: number, level: BucketLevel | undefined, now: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#level = level ?? { tokens: burst, at: now };
  }

  level(now: number): BucketLevel {
    const { tokens, at } = this.#level;
    const flowed = Math.max(0, now - at) * (this.#rate / 1000);
    this.#level = { tokens: Math.min(this.#burst, tokens + flowed), at: Math.max(at, now) };
    return this.#level;
  }

  /** Takes all that is there, and more: nothing is to be had for so many milliseconds. */
  overdraw(wait: number, now: number): void {
    this.level(now).tokens = (-wait / 1000) * this.#rate;
  }

  /**
   * Takes what has been had already, in debt if need be.
   * @param most tokens that may be owed; a debt that is deeper already stays as it is
   */
  charge(cost: number, now: number, most = Number.POSITIVE_INFINITY): void {
    const level = this.level(now);
    level.tokens = Math.max(Math.min(level.tokens, -most), level.tokens - cost);
  }

  isFull(now: number): boolean {
    return this.#rate === 0 || this.level(now).tokens >= this.#burst;
  }

  /** Takes what something costs, or says in how many milliseconds it may be tried again. What costs more than all, costs all. */
  take(cost: number, now: number): number {
    const wait = this.wait(cost, now);
    if (wait === 0 && this.#rate > 0) this.level(now).tokens -= Math.min(cost, this.#burst);
    return wait;
  }

  /** In how many milliseconds something that costs so much may be tried; 0 where it may be taken now. */
  wait(cost: number, now: number): number {
    if (this.#rate === 0) return 0;
    const { tokens } = this.level(now);
    const price = Math.min(cost, this.#burst);
    if (tokens >= price) return 0;
    const soonest = now + ((price - tokens) / this.#rate) * 1000;
    this.#promised = Math.max(
      soonest,
      Math.min(this.#promised + (price / this.#rate) * 1000, now + LONGEST_MS),
    );
    return Math.ceil(this.#promised - now);
  }
}
