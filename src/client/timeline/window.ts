import { MAX_TIMELINE_SIZE } from "../limits.ts";
import { sizeOfMessage } from "../message.ts";
import type { SentItem } from "./item.ts";

/** The end of a window that a page extends. `latest` replaces the window. */
export type PageEnd = "older" | "newer" | "latest";

/**
 * The part of the log that a timeline holds: every message after the seq `after` and up to the seq `until`, in order. Operations are not
 * among them. It drops messages at its far end when it grows too large.
 */
export class MessageWindow<Message> {
  items: readonly SentItem<Message>[] = [];
  /** 0: there is nothing older. */
  after = 0;
  /** Infinite while the window reaches the newest message. */
  until = Infinity;
  readonly #maxItems: number;
  #size = 0;

  constructor(maxItems: number) {
    this.#maxItems = maxItems;
  }

  reset(after: number): void {
    this.items = [];
    this.#size = 0;
    this.after = after;
    this.until = Infinity;
  }

  find(seq: number): SentItem<Message> | undefined {
    return this.items[this.#indexOf(seq)];
  }

  replace(old: SentItem<Message>, item: SentItem<Message>): void {
    this.items = this.items.map((held) => (held === old ? item : held));
    this.#size += sizeOfMessage(item) - sizeOfMessage(old);
  }

  /** Adds items that the window does not hold, wherever they belong. */
  add(...added: SentItem<Message>[]): void {
    const missing = added.filter(({ seq }) => !this.find(seq));
    this.items = [...this.items, ...missing].sort((a, b) => a.seq - b.seq);
    for (const item of missing) this.#size += sizeOfMessage(item);
  }

  /** Adds a page. @param edge the new `until` for a page of newer messages, and the new `after` for others */
  extend(end: PageEnd, items: SentItem<Message>[], edge: number): void {
    if (end === "latest") this.reset(edge);
    if (end === "newer") this.until = edge;
    else this.after = edge;
    this.add(...items.filter(({ seq }) => seq > this.after && seq <= this.until));
    this.trim(end === "older" ? "newest" : "oldest");
  }

  /** Drops messages at one end while there are too many. @param factor how many times the usual maximum may stay */
  trim(end: "oldest" | "newest", factor = 1): void {
    const items = [...this.items];
    let dropped: SentItem<Message> | undefined;
    while (
      items.length > factor * this.#maxItems ||
      (items.length > 1 && this.#size > factor * MAX_TIMELINE_SIZE)
    ) {
      dropped = end === "oldest" ? items.shift() : items.pop();
      if (dropped) this.#size -= sizeOfMessage(dropped);
    }
    if (!dropped) return;
    this.items = items;
    if (end === "oldest") this.after = dropped.seq;
    else this.until = dropped.seq - 1;
  }

  /** The index of the item with a seq, or -1. */
  #indexOf(seq: number): number {
    let low = 0;
    let high = this.items.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const at = this.items[middle]?.seq ?? 0;
      if (at === seq) return middle;
      if (at < seq) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
