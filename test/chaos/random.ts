import { createHash } from "node:crypto";

/** Dice that always fall alike: each is a pure function of its seed and its purpose, and of no other die. */
export class Dice {
  #state: number;

  constructor(seed: number, purpose: string) {
    this.#state = createHash("sha256").update(`${seed} ${purpose}`).digest().readUInt32BE();
  }

  /** 0 up to, not including, 1. (Mulberry32.) */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`. */
  within(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(part: number): boolean {
    return this.next() < part;
  }

  /** One of them; what is named twice is twice as likely. */
  pick<T>(first: T, ...others: T[]): T {
    return [first, ...others][this.within(0, others.length)] ?? first;
  }
}
