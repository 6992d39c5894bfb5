import type { StoredLevels } from "./stored-levels.ts";
import { type BucketLevel, TokenBucket } from "./token-bucket.ts";

/** Tokens a second, and the most that a bucket holds. With a `rate` of 0 there is no limit. */
export type Rate = { rate: number; burst: number };

/** A room does not hibernate sooner than this after its last event: milliseconds. */
const HIBERNATION_MS = 10_000;

/** The number of levels in memory. Beyond that, the one that was saved first is removed. */
const MAX_LEVELS = 20_000;

/** How often the levels of full buckets are removed: milliseconds. */
const CLEANUP_MS = 1000;

/**
 * Buckets that belong to no session: one for each rateKey, which is a member or an address. Levels are in memory. A level is also
 * stored if the bucket takes longer to fill than the room takes to hibernate.
 */
export class KeyedBuckets {
  readonly #prefix: string;
  readonly #rate: Rate;
  readonly #stored: Pick<StoredLevels, "get" | "set">;
  readonly #levels = new Map<string, BucketLevel>();
  #cleanedAt = 0;

  /** @param prefix tells these buckets apart from others in the same table */
  constructor(prefix: string, rate: Rate, stored: Pick<StoredLevels, "get" | "set">) {
    this.#prefix = prefix;
    this.#rate = rate;
    this.#stored = stored;
  }

  /** The level that was saved last; undefined if the bucket is full. */
  levelOf(rateKey: string): BucketLevel | undefined {
    return this.#levels.get(rateKey) ?? this.#stored.get(this.#prefix + rateKey);
  }

  /** The bucket of a rateKey. Changes to it count once they are saved. */
  bucketOf(rateKey: string, now: number): TokenBucket {
    if (now - this.#cleanedAt >= CLEANUP_MS) this.#removeFull(now);
    return this.#bucket(this.levelOf(rateKey), now);
  }

  save(rateKey: string, tokens: number, now: number): void {
    this.#levels.delete(rateKey);
    this.#levels.set(rateKey, { tokens, at: now });
    for (const oldest of this.#levels.keys()) {
      if (this.#levels.size <= MAX_LEVELS) break;
      this.#levels.delete(oldest);
    }
    const fillMs = ((this.#rate.burst - tokens) / this.#rate.rate) * 1000;
    if (fillMs <= HIBERNATION_MS) return;
    this.#stored.set(this.#prefix + rateKey, { tokens, at: now, fullAt: now + fillMs });
  }

  #removeFull(now: number): void {
    this.#cleanedAt = now;
    for (const [rateKey, level] of this.#levels)
      if (this.#bucket(level, now).isFull(now)) this.#levels.delete(rateKey);
  }

  #bucket(level: BucketLevel | undefined, now: number): TokenBucket {
    return new TokenBucket(this.#rate.rate, this.#rate.burst, level, now);
  }
}
