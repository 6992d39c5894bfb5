import { frameSize } from "../../protocol/text.ts";
import type { Segment } from "./segment.ts";

/** The size of the segments in memory: UTF-16 code units, or bytes. */
const MAX_SIZE = 8 * 1024 * 1024;

/** How much older than the newest segment the others may be: milliseconds. In one process, a thousand rooms would else hold 8 GB. */
const MAX_AGE_MS = 120_000;

/**
 * The newest segments of a log in memory, so that a session that is a little behind reads nothing from disk. A client that returns after
 * minutes does.
 */
export class RecentSegments {
  #segments: Segment[] = [];
  /** How many segments at the front of the array are dropped. */
  #dropped = 0;
  #size = 0;

  /** Adds the next segment of the log. */
  add(segment: Segment): void {
    this.#segments.push(segment);
    this.#size += frameSize(segment.body);
    for (let oldest = this.#oldest; oldest !== undefined; oldest = this.#oldest) {
      if (this.#size <= MAX_SIZE && segment.at - oldest.at <= MAX_AGE_MS) break;
      this.#size -= frameSize(oldest.body);
      this.#dropped++;
    }
    // Removing them one by one would move all others each time. Until then, they are held.
    if (this.#dropped * 8 > this.#segments.length) {
      this.#segments = this.#segments.slice(this.#dropped);
      this.#dropped = 0;
    }
  }

  /** Whether the segment that begins at this seq is in memory. */
  has(first: number): boolean {
    return this.#indexOf(first) >= this.#dropped;
  }

  /** Replaces the segment that begins at the same seq, if it is in memory. */
  replace(segment: Segment): void {
    const index = this.#indexOf(segment.first);
    const before = this.#segments[index];
    if (before === undefined || index < this.#dropped) return;
    this.#segments[index] = segment;
    this.#size += frameSize(segment.body) - frameSize(before.body);
  }

  /** The segments with messages after `seq`; undefined if some of them are not in memory. */
  after(seq: number): readonly Segment[] | undefined {
    const oldest = this.#oldest;
    if (oldest === undefined || oldest.first > seq + 1) return undefined;
    let low = this.#dropped;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#segments[middle]?.last ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return this.#segments.slice(low);
  }

  get #oldest(): Segment | undefined {
    return this.#segments[this.#dropped];
  }

  #indexOf(first: number): number {
    return this.#segments.findLastIndex((segment) => segment.first === first);
  }

  clear(): void {
    this.#segments = [];
    this.#dropped = 0;
    this.#size = 0;
  }
}
