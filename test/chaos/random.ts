import { createHash } from "node:crypto";

/** A seeded random generator. Its numbers depend on its seed and purpose alone, not on any other generator. */
export class Random {
  #state: number;

  constructor(seed: number, purpose: string) {
    this.#state = createHash("sha256").update(`${seed} ${purpose}`).digest().readUInt32BE();
  }

  /** From 0 to below 1 (Mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from `least` to `most`. */
  within(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the arguments. An argument that is given twice is twice as likely. */
  pick<T>(first: T, ...others: T[]): T {
    return [first, ...others][this.within(0, others.length)] ?? first;
  }
}
