import type { Published, Receipt } from "../../protocol/api.ts";
import { DormouseError } from "../../protocol/codes.ts";
import { type Outcome, refused } from "../../rpc/outcome.ts";

/** A call over HTTP that has published, and waits until all of it is stored. */
export class PendingPost {
  readonly member: string;
  readonly name: string;
  readonly done: Promise<Outcome<Published>>;
  /** In the order in which they were posted. */
  readonly #ids: readonly string[];
  readonly #receipts = new Map<string, Receipt>();
  readonly #epoch: () => string;
  #finish: (outcome: Outcome<Published>) => void = () => {};

  constructor(
    { member, name }: { member: string; name: string },
    ids: readonly string[],
    epoch: () => string,
  ) {
    this.member = member;
    this.name = name;
    this.#ids = ids;
    this.#epoch = epoch;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** `dup`: it was in the log before. */
  stored(id: string, seq: number, dup: boolean): void {
    this.#receipts.set(id, { id, seq, dup });
    if (this.#receipts.size < this.#ids.length) return;
    const messages = this.#ids.flatMap((each) => this.#receipts.get(each) ?? []);
    this.#finish({ value: { epoch: this.#epoch(), messages } });
  }

  /** The room has too much to store at the moment. @param retryAfter milliseconds */
  refuse(why: string, retryAfter: number): void {
    this.#finish(refused(new DormouseError("rate_limited", why, retryAfter)));
  }

  /** Nothing of it is in the log that was not there before. */
  fail(why: string): void {
    this.#finish(refused(new DormouseError("unavailable", why)));
  }
}
