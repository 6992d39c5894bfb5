import type { Debts } from "../log/debts.ts";
import type { RoomLog } from "../log/log.ts";
import { DormouseError } from "../protocol/codes.ts";
import { Ledger, type Rate } from "./ledger.ts";

/** A read costs a token, and one more for each full part of this size of its answer: bytes. */
const PART_BYTES = 64 * 1024;

/**
 * A replay is never cut to what its bucket holds: it is owed. Joins that ask for one are refused while their debtor owes more than
 * flows in during this time, and nothing is owed beyond what flows in during this and `LONGEST_MS`: milliseconds.
 */
const DEBT_MS = 60_000;

/** The longest that a join is refused for its debts: milliseconds. */
const LONGEST_MS = 10_000;

/**
 * What reading costs: calls over HTTP, and replays on joining. Each debtor, a member or the address of guests, has one bucket for
 * all of them. Times in milliseconds.
 */
export class Reads {
  readonly #rate: Rate;
  readonly #ledger: Ledger;

  /** @param log no debt is written down in a room that holds nothing: reading it makes no storage */
  constructor(rate: Rate, debts: Debts, log: Pick<RoomLog, "isStored">) {
    this.#rate = rate;
    this.#ledger = new Ledger("read ", rate, {
      get: (debtor) => debts.get(debtor),
      set: (debtor, debt) => {
        if (log.isStored) debts.set(debtor, debt);
      },
    });
  }

  /** Takes what any read costs, before anything is done for it; or says why it is refused. A reader without a debtor pays nothing. */
  visit(debtor: string | undefined, now: number): DormouseError | undefined {
    if (debtor === undefined || this.#rate.rate === 0) return undefined;
    const bucket = this.#ledger.bucketOf(debtor, now);
    const wait = bucket.take(1, now);
    if (wait > 0) return this.#refusal(wait);
    this.#ledger.keep(debtor, bucket.level(now).tokens, now);
    return undefined;
  }

  /** Takes what an answer of so many bytes costs on top. */
  answered(debtor: string | undefined, bytes: number, now: number): void {
    this.#owe(debtor, Math.floor(bytes / PART_BYTES), now);
  }

  /** Takes what a replay of so many bytes costs; or says why the join is refused. */
  replay(debtor: string, bytes: number, now: number): DormouseError | undefined {
    const { rate } = this.#rate;
    if (rate === 0 || bytes === 0) return undefined;
    const { tokens } = this.#ledger.bucketOf(debtor, now).level(now);
    const wait = Math.ceil((-tokens / rate) * 1000 - DEBT_MS);
    if (wait > 0) return this.#refusal(wait);
    this.#owe(debtor, bytes / PART_BYTES, now);
    return undefined;
  }

  #owe(debtor: string | undefined, cost: number, now: number): void {
    const { rate } = this.#rate;
    if (debtor === undefined || rate === 0 || cost === 0) return;
    const bucket = this.#ledger.bucketOf(debtor, now);
    bucket.owe(cost, now, (rate * (DEBT_MS + LONGEST_MS)) / 1000);
    this.#ledger.keep(debtor, bucket.level(now).tokens, now);
  }

  #refusal(wait: number): DormouseError {
    const { rate, burst } = this.#rate;
    const why = `At most ${rate} reads a second, ${burst} at once; each ${PART_BYTES} bytes that are read count as one more. Try again later.`;
    return new DormouseError("rate_limited", why, wait);
  }
}
