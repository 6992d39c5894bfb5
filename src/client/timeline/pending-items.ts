import { MAX_SETTLED } from "../limits.ts";
import { asBytes } from "../message.ts";
import type { SentItem, TimelineItem } from "./item.ts";

type PendingItem<Message> = {
  item: TimelineItem<Message>;
  /** The last seq of the room when the message failed: it stays at that place. Infinite while it is being sent. */
  place: number;
};

/** This client's own messages that have not arrived in the log: those being sent, and those that failed. */
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
    this.#trim();
  }

  /** The server has stored a message. It stays here until its frame arrives, which is never where the session may not read. */
  stored(id: string, seq: number, position: number): void {
    const pending = this.#items.get(id);
    if (pending && seq > position) pending.item = { ...pending.item, status: "sent", seq };
    else this.#items.delete(id);
    this.#trim();
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

  #trim(): void {
    const [first, ...others] = [...this.#items.values()].filter(({ item }) => item.status !== "sending");
    if (first && others.length >= MAX_SETTLED) this.#items.delete(first.item.id);
    this.#changed();
  }

  /** The messages of a window with the pending ones in their places. */
  merge(items: readonly SentItem<Message>[], after: number, until: number): TimelineItem<Message>[] {
    const shown = [...this.#items.values()].filter(({ place }) => place >= after && place <= until);
    // Two infinite places are equal, although their difference is not a number.
    shown.sort((a, b) => a.place - b.place || 0);
    const merged: TimelineItem<Message>[] = [];
    for (const item of items) {
      while (shown[0] && shown[0].place < item.seq) merged.push(...shown.splice(0, 1).map((one) => one.item));
      merged.push(item);
    }
    return [...merged, ...shown.map(({ item }) => item)];
  }
}
