import { Bucket, type Level } from "../access/bucket.ts";
import type { Debts } from "../log/debts.ts";

/** So many a second, and so many at once; 0 a second: no limit. */
export type Rate = { rate: number; burst: number };

/** A room does not sleep sooner than this after its last event: milliseconds. */
const SLEEP_MS = 10_000;

/** Debtors whose buckets are in memory. Beyond them the one that is there longest is forgotten. */
const DEBTORS = 20_000;

/** How often buckets that are full again are forgotten: milliseconds. */
const FORGIVEN_MS = 1000;

/**
 * What buckets hold that belong to no session: one for each debtor, a member or an address. It is in memory, and written down only
 * where filling the bucket takes longer than the room takes to fall asleep.
 */
export class Ledger {
  readonly #prefix: string;
  readonly #rate: Rate;
  readonly #stored: Pick<Debts, "get" | "set">;
  readonly #levels = new Map<string, Level>();
  #forgiven = 0;

  /** @param prefix keeps debts of this kind apart from others that are stored */
  constructor(prefix: string, rate: Rate, stored: Pick<Debts, "get" | "set">) {
    this.#prefix = prefix;
    this.#rate = rate;
    this.#stored = stored;
  }

  /** What a debtor's bucket held last; undefined where it is full. */
  levelOf(debtor: string): Level | undefined {
    return this.#levels.get(debtor) ?? this.#stored.get(this.#prefix + debtor);
  }

  /** A debtor's bucket. What is taken from it counts once it is kept. */
  bucketOf(debtor: string, now: number): Bucket {
    if (now - this.#forgiven >= FORGIVEN_MS) this.#forgive(now);
    return this.#bucket(this.levelOf(debtor), now);
  }

  /** Keeps what a debtor's bucket holds from now on. */
  keep(debtor: string, tokens: number, now: number): void {
    this.#levels.delete(debtor);
    this.#levels.set(debtor, { tokens, at: now });
    for (const oldest of this.#levels.keys()) {
      if (this.#levels.size <= DEBTORS) break;
      this.#levels.delete(oldest);
    }
    const fullIn = ((this.#rate.burst - tokens) / this.#rate.rate) * 1000;
    if (fullIn > SLEEP_MS) this.#stored.set(this.#prefix + debtor, { tokens, at: now, full: now + fullIn });
  }

  #forgive(now: number): void {
    this.#forgiven = now;
    for (const [debtor, level] of this.#levels)
      if (this.#bucket(level, now).isFull(now)) this.#levels.delete(debtor);
  }

  #bucket(level: Level | undefined, now: number): Bucket {
    return new Bucket(this.#rate.rate, this.#rate.burst, level, now);
  }
}
