import { frameSize } from "../../protocol/text.ts";
import type { Segment } from "./segment.ts";

/** Bytes, or UTF-16 code units, of the newest segments that are kept in memory. */
const MOST_SIZE = 8 * 1024 * 1024;

/** The newest segments of a log, for sessions that are a little behind: as cheap to send as what is live. */
export class RecentSegments {
  #segments: Segment[] = [];
  /** How many at the front of the list are no longer kept. */
  #dropped = 0;
  #size = 0;

  /** Takes in a segment that follows those before it. */
  add(segment: Segment): void {
    this.#segments.push(segment);
    this.#size += frameSize(segment.body);
    while (this.#size > MOST_SIZE) {
      this.#size -= frameSize(this.#segments[this.#dropped]?.body ?? "");
      this.#dropped++;
    }
    // Taking one from the front at a time would move all the others.
    if (this.#dropped * 2 > this.#segments.length) {
      this.#segments = this.#segments.slice(this.#dropped);
      this.#dropped = 0;
    }
  }

  /** The segments that hold what came after `seq`; undefined where not all of them are kept. */
  after(seq: number): readonly Segment[] | undefined {
    const oldest = this.#segments[this.#dropped];
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

  clear(): void {
    this.#segments = [];
    this.#dropped = 0;
    this.#size = 0;
  }
}
