import { asBytes } from "../message.ts";
import type { SentItem, TimelineItem } from "./item.ts";

type PendingItem<Message> = {
  item: TimelineItem<Message>;
  /** The last seq of the room when the message failed: it stays at that place. Infinite while it is being sent. */
  place: number;
};

/** How many failed messages stay. */
const MAX_FAILED = 100;

/** This client's own messages that are not stored: those being sent, and those that failed. */
export class PendingItems<Message> {
  readonly #items = new Map<string, PendingItem<Message>>();
  readonly #changed: () => void;
  #from = "";
  #name = "";

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Sets the member that sends. It is unknown before the first welcome. */
  setSender(from: string, name: string): void {
    if (from === this.#from && name === this.#name) return;
    this.#from = from;
    this.#name = name;
    for (const pending of this.#items.values()) pending.item = { ...pending.item, from, name };
  }

  /** Adds a message that is being sent. A retry keeps its key and moves to the end. */
  add(id: string, data: Message | ArrayBuffer | ArrayBufferView): void {
    const key = this.#items.get(id)?.item.key ?? `~${id}`;
    const bytes = asBytes(data);
    const item: TimelineItem<Message> = {
      key,
      id,
      from: this.#from,
      name: this.#name,
      status: "sending",
      ...(bytes ? { bytes } : { data: data as Message }),
    };
    this.#items.delete(id);
    this.#items.set(id, { item, place: Infinity });
    this.#changed();
  }

  fail(id: string, error: Error, place: number): void {
    const pending = this.#items.get(id);
    if (pending?.item.status !== "sending") return;
    pending.item = { ...pending.item, status: "failed", error };
    pending.place = place;
    const [first, ...others] = [...this.#items.keys()].filter((other) => this.failed(other));
    if (first !== undefined && others.length >= MAX_FAILED) this.#items.delete(first);
    this.#changed();
  }

  /** The item, if it has failed. */
  failed(id: string): TimelineItem<Message> | undefined {
    const item = this.#items.get(id)?.item;
    return item?.status === "failed" ? item : undefined;
  }

  delete(id: string): TimelineItem<Message> | undefined {
    const item = this.#items.get(id)?.item;
    this.#items.delete(id);
    return item;
  }

  /** The messages of a window with the pending ones in their places. */
  merge(items: readonly SentItem<Message>[], after: number, until: number): TimelineItem<Message>[] {
    const shown = [...this.#items.values()].filter(({ place }) => place >= after && place <= until);
    shown.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
    const merged: TimelineItem<Message>[] = [];
    for (const item of items) {
      while (shown[0] && shown[0].place < item.seq) merged.push(...shown.splice(0, 1).map((one) => one.item));
      merged.push(item);
    }
    return [...merged, ...shown.map(({ item }) => item)];
  }
}
