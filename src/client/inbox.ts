import type { Refusal, Welcome } from "../protocol/down.ts";

/** A break in what a client has seen: it was told that it cannot be sent all of what it missed. */
export type Break = { reason: Refusal; epoch: string; seq: number };

const CURSOR = /^([^.]+)\.(\d{1,15})$/;

/** Where a client stands in a room's order. It lets each seq through once, in order, and notices a gap. */
export class Inbox {
  readonly #history: number;
  #epoch: string | undefined;
  /** The last seq that was let through, or lies before all that is wanted. */
  #seq: number;
  /** After a fresh start the first frame may begin anywhere up to here: how much history there is, it tells. */
  #openUntil = -1;

  /**
   * @param history how many messages a fresh start asks for
   * @param cursor `<epoch>.<seq>`, kept from an earlier run
   */
  constructor(history: number, cursor: string | undefined) {
    const [, epoch, seq] = CURSOR.exec(cursor ?? "") ?? [];
    this.#history = history;
    this.#epoch = epoch;
    this.#seq = Number(seq ?? 0);
  }

  get cursor(): string | undefined {
    return this.cursorAt(this.#seq);
  }

  /** The cursor behind a message; undefined before the first welcome, and for a message that has not come. */
  cursorAt(seq: number): string | undefined {
    return this.#epoch === undefined || seq > this.#seq ? undefined : `${this.#epoch}.${seq}`;
  }

  /** The last seq that the client has. */
  get seq(): number {
    return this.#seq;
  }

  /** Takes a welcome in. A break comes back where it does not go on from where the client stood. */
  welcome({ epoch, seq, resumed, reason }: Welcome): Break | undefined {
    const before = this.#epoch;
    // Who had no message yet may go on in a log of another epoch.
    this.#epoch = epoch;
    if (resumed) return undefined;
    const start = Math.max(0, seq - this.#history);
    // Under the same numbering, what was seen before is not shown again when history brings it.
    this.#seq = epoch === before && reason !== "ahead" ? Math.min(seq, Math.max(this.#seq, start)) : start;
    this.#openUntil = seq + 1;
    return before === undefined ? undefined : { reason: reason ?? "epoch", epoch, seq };
  }

  /**
   * Judges a run of `count` messages from `first` on. The number at its start that were let through before comes back,
   * or undefined where something is missing before it.
   */
  admit(first: number, count: number): number | undefined {
    if (first > this.#seq + 1 && first > this.#openUntil) return undefined;
    this.#openUntil = -1;
    const seen = Math.max(0, Math.min(count, this.#seq + 1 - first));
    this.#seq = Math.max(this.#seq, first + count - 1);
    return seen;
  }
}
