/** Work that comes due while nobody asks for it. */
export type Chore = {
  /** When it wants to run next, in milliseconds as of `Date.now()`; undefined where there is nothing to do. Cheap. */
  due(): number | undefined;
  /** Does what is due by now, if anything. */
  run(now: number): void;
};

/** An alarm costs a written row and a wake, so work that is due at once waits this long for more of it. */
const SOONEST_MS = 1000;

/**
 * The one alarm of an object, shared by its chores. A pending alarm, unlike a timer, lets the object sleep, and outlives it.
 */
export class Agenda {
  readonly #storage: DurableObjectStorage;
  readonly #chores: readonly Chore[];
  /** When the alarm will ring, as far as this instance knows. */
  #set: number | undefined;

  constructor(storage: DurableObjectStorage, chores: readonly Chore[]) {
    this.#storage = storage;
    this.#chores = chores;
  }

  /** To be called when something may have come to be due earlier. Sets the alarm only where it would ring too late. */
  consider(): void {
    const due = this.#next();
    if (due === undefined || (this.#set !== undefined && this.#set <= due)) return;
    const known = this.#set !== undefined;
    this.#set = due;
    if (known) void this.#storage.setAlarm(due);
    else void this.#setUnlessEarlier(due);
  }

  /** To be called when something may be due only later than was thought. Costs a row, where `consider` most often does not. */
  reconsider(): void {
    const due = this.#next();
    this.#set = due;
    if (due === undefined) void this.#storage.deleteAlarm();
    else void this.#storage.setAlarm(due);
  }

  /** The alarm rang. */
  run(): void {
    this.#set = undefined;
    const now = Date.now();
    // After a wake a chore may not know when it is due, and looks.
    for (const chore of this.#chores) if ((chore.due() ?? now) <= now) chore.run(now);
    const due = this.#next();
    if (due === undefined) return;
    this.#set = due;
    void this.#storage.setAlarm(due);
  }

  /** After a wake, an alarm may be set that this instance knows nothing of. */
  async #setUnlessEarlier(due: number): Promise<void> {
    const pending = await this.#storage.getAlarm();
    if (pending === null || pending > due) await this.#storage.setAlarm(Math.min(due, this.#set ?? due));
    else this.#set = pending;
  }

  #next(): number | undefined {
    const dues = this.#chores.map((chore) => chore.due()).filter((due) => due !== undefined);
    return dues.length === 0 ? undefined : Math.max(Date.now() + SOONEST_MS, Math.min(...dues));
  }
}
