import { DormouseError } from "../../protocol/codes.ts";
import type { RoomLog } from "../log/log.ts";
import { KeyedBuckets, type Rate } from "./keyed-buckets.ts";
import type { StoredLevels } from "./stored-levels.ts";

/** A read costs a token, and another one for each full part of this size of its answer: bytes. */
const PART_BYTES = 64 * 1024;

/**
 * A replay is never cut short: its cost may overdraw the bucket. A join with a replay is refused while the bucket takes longer than
 * this to reach zero: milliseconds.
 */
const MAX_OVERDRAFT_MS = 60_000;

/** The longest time for which such joins are refused: milliseconds. */
const MAX_REFUSAL_MS = 10_000;

/**
 * Limits reads over HTTP and replays on joining. Each rateKey, which is a member or an address of guests, has one bucket for both.
 * Times are in milliseconds.
 */
export class ReadLimiter {
  readonly #rate: Rate;
  readonly #buckets: KeyedBuckets;

  /** @param stored undefined where levels are in memory only @param log in a room that stores nothing, levels are not stored either: a read creates no storage */
  constructor(rate: Rate, stored: StoredLevels | undefined, log: Pick<RoomLog, "isStored">) {
    this.#rate = rate;
    this.#buckets = new KeyedBuckets("read ", rate, {
      get: (key) => stored?.get(key),
      set: (key, level) => {
        if (log.isStored) stored?.set(key, level);
      },
    });
  }

  /**
   * Takes the base cost of a read, before any work is done for it. Without a rateKey, reads are free.
   * @returns an error if the read is refused
   */
  take(rateKey: string | undefined, now: number): DormouseError | undefined {
    if (rateKey === undefined || this.#rate.rate === 0) return undefined;
    const bucket = this.#buckets.bucketOf(rateKey, now);
    const wait = bucket.take(1, now);
    if (wait > 0) return this.#refusal(wait);
    this.#buckets.save(rateKey, bucket.level(now).tokens, now);
    return undefined;
  }

  /** Charges the size of an answer, on top of the base cost. */
  chargeAnswer(rateKey: string | undefined, bytes: number, now: number): void {
    if (rateKey !== undefined) this.#charge(rateKey, Math.floor(bytes / PART_BYTES), now);
  }

  /** Charges a replay of this size. @returns an error if the join is refused */
  chargeReplay(rateKey: string, bytes: number, now: number): DormouseError | undefined {
    const { rate } = this.#rate;
    if (rate === 0 || bytes === 0) return undefined;
    const { tokens } = this.#buckets.bucketOf(rateKey, now).level(now);
    const wait = Math.ceil((-tokens / rate) * 1000 - MAX_OVERDRAFT_MS);
    if (wait > 0) return this.#refusal(wait);
    this.#charge(rateKey, bytes / PART_BYTES, now);
    return undefined;
  }

  /** The bound of the debt keeps refusals short, however large one replay is. */
  #charge(rateKey: string, cost: number, now: number): void {
    const { rate } = this.#rate;
    if (rate === 0 || cost === 0) return;
    const bucket = this.#buckets.bucketOf(rateKey, now);
    bucket.charge(cost, now, (rate * (MAX_OVERDRAFT_MS + MAX_REFUSAL_MS)) / 1000);
    this.#buckets.save(rateKey, bucket.level(now).tokens, now);
  }

  #refusal(wait: number): DormouseError {
    const { rate, burst } = this.#rate;
    const limit = `at most ${rate} per second, ${burst} at once; each ${PART_BYTES} bytes of an answer count as one more`;
    return new DormouseError("rate_limited", `Too many reads: ${limit}. Try again later.`, wait);
  }
}
