const SLOT_MS = 10_000;
const SLOTS = 6;

/** Counts the messages of the last minute, in slots of ten seconds. */
export class MessageRate {
  readonly #counts = new Map<number, number>();

  add(messages: number, now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    this.#counts.set(slot, (this.#counts.get(slot) ?? 0) + messages);
    if (this.#counts.size > SLOTS + 1) this.#drop(slot);
  }

  perMinute(now: number): number {
    this.#drop(Math.floor(now / SLOT_MS));
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  #drop(slot: number): void {
    for (const each of this.#counts.keys())
      if (each <= slot - SLOTS || each > slot) this.#counts.delete(each);
  }
}
