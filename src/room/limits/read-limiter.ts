import { DormouseError } from "../../protocol/codes.ts";
import type { RoomLog } from "../log/log.ts";
import { KeyedBuckets, type Rate } from "./keyed-buckets.ts";
import type { StoredLevels } from "./stored-levels.ts";

/** A read costs a token, and one more for each full part of this size of its answer: bytes. */
const PART_BYTES = 64 * 1024;

/**
 * A replay is never cut to what its bucket holds: it is owed. Joins that ask for one are refused while their rateKey owes more than
 * flows in during this time, and nothing is owed beyond what flows in during this and `LONGEST_MS`: milliseconds.
 */
const DEBT_MS = 60_000;

/** The longest that a join is refused for its debts: milliseconds. */
const LONGEST_MS = 10_000;

/**
 * What reading costs: calls over HTTP, and replays on joining. Each rateKey, a member or the address of guests, has one bucket for
 * all of them. Times in milliseconds.
 */
export class ReadLimiter {
  readonly #rate: Rate;
  readonly #ledger: KeyedBuckets;

  /** @param log no debt is written down in a room that holds nothing: reading it makes no storage */
  constructor(rate: Rate, debts: StoredLevels, log: Pick<RoomLog, "isStored">) {
    this.#rate = rate;
    this.#ledger = new KeyedBuckets("read ", rate, {
      get: (rateKey) => debts.get(rateKey),
      set: (rateKey, debt) => {
        if (log.isStored) debts.set(rateKey, debt);
      },
    });
  }

  /** Takes what any read costs, before anything is done for it; or says why it is refused. A reader without a rateKey pays nothing. */
  take(rateKey: string | undefined, now: number): DormouseError | undefined {
    if (rateKey === undefined || this.#rate.rate === 0) return undefined;
    const bucket = this.#ledger.bucketOf(rateKey, now);
    const wait = bucket.take(1, now);
    if (wait > 0) return this.#refusal(wait);
    this.#ledger.save(rateKey, bucket.level(now).tokens, now);
    return undefined;
  }

  /** Takes what an answer of so many bytes costs on top. */
  chargeAnswer(rateKey: string | undefined, bytes: number, now: number): void {
    this.#owe(rateKey, Math.floor(bytes / PART_BYTES), now);
  }

  /** Takes what a replay of so many bytes costs; or says why the join is refused. */
  chargeReplay(rateKey: string, bytes: number, now: number): DormouseError | undefined {
    const { rate } = this.#rate;
    if (rate === 0 || bytes === 0) return undefined;
    const { tokens } = this.#ledger.bucketOf(rateKey, now).level(now);
    const wait = Math.ceil((-tokens / rate) * 1000 - DEBT_MS);
    if (wait > 0) return this.#refusal(wait);
    this.#owe(rateKey, bytes / PART_BYTES, now);
    return undefined;
  }

  #owe(rateKey: string | undefined, cost: number, now: number): void {
    const { rate } = this.#rate;
    if (rateKey === undefined || rate === 0 || cost === 0) return;
    const bucket = this.#ledger.bucketOf(rateKey, now);
    bucket.charge(cost, now, (rate * (DEBT_MS + LONGEST_MS)) / 1000);
    this.#ledger.save(rateKey, bucket.level(now).tokens, now);
  }

  #refusal(wait: number): DormouseError {
    const { rate, burst } = this.#rate;
    const why = `At most ${rate} reads a second, ${burst} at once; each ${PART_BYTES} bytes that are read count as one more. Try again later.`;
    return new DormouseError("rate_limited", why, wait);
  }
}
