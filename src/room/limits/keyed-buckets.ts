import type { StoredLevels } from "./stored-levels.ts";
import { type BucketLevel, TokenBucket } from "./token-bucket.ts";

/** So many a second, and so many at once; 0 a second: no limit. */
export type Rate = { rate: number; burst: number };

/** A room does not sleep sooner than this after its last event: milliseconds. */
const SLEEP_MS = 10_000;

/** Debtors whose buckets are in memory. Beyond them the one that is there longest is forgotten. */
const DEBTORS = 20_000;

/** How often buckets that are full again are forgotten: milliseconds. */
const FORGIVEN_MS = 1000;

/**
 * What buckets hold that belong to no session: one for each rateKey, a member or an address. It is in memory, and written down only
 * where filling the bucket takes longer than the room takes to fall asleep.
 */
export class KeyedBuckets {
  readonly #prefix: string;
  readonly #rate: Rate;
  readonly #stored: Pick<StoredLevels, "get" | "set">;
  readonly #levels = new Map<string, BucketLevel>();
  #forgiven = 0;

  /** @param prefix keeps debts of this kind apart from others that are stored */
  constructor(prefix: string, rate: Rate, stored: Pick<StoredLevels, "get" | "set">) {
    this.#prefix = prefix;
    this.#rate = rate;
    this.#stored = stored;
  }

  /** What a rateKey's bucket held last; undefined where it is full. */
  levelOf(rateKey: string): BucketLevel | undefined {
    return this.#levels.get(rateKey) ?? this.#stored.get(this.#prefix + rateKey);
  }

  /** A rateKey's bucket. What is taken from it counts once it is kept. */
  bucketOf(rateKey: string, now: number): TokenBucket {
    if (now - this.#forgiven >= FORGIVEN_MS) this.#forgive(now);
    return this.#bucket(this.levelOf(rateKey), now);
  }

  /** Keeps what a rateKey's bucket holds from now on. */
  save(rateKey: string, tokens: number, now: number): void {
    this.#levels.delete(rateKey);
    this.#levels.set(rateKey, { tokens, at: now });
    for (const oldest of this.#levels.keys()) {
      if (this.#levels.size <= DEBTORS) break;
      this.#levels.delete(oldest);
    }
    const fullIn = ((this.#rate.burst - tokens) / this.#rate.rate) * 1000;
    if (fullIn > SLEEP_MS) this.#stored.set(this.#prefix + rateKey, { tokens, at: now, full: now + fullIn });
  }

  #forgive(now: number): void {
    this.#forgiven = now;
    for (const [rateKey, level] of this.#levels)
      if (this.#bucket(level, now).isFull(now)) this.#levels.delete(rateKey);
  }

  #bucket(level: BucketLevel | undefined, now: number): TokenBucket {
    return new TokenBucket(this.#rate.rate, this.#rate.burst, level, now);
  }
}
