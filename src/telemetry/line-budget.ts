const MINUTE_MS = 60_000;

/** How many lines a kind of event may have in a minute, and all kinds together. */
export type LineLimits = { kind: number; all: number };

/** Bounds log lines by kind and minute, so that a flood of one kind hides no other, and costs little. */
export class LineBudget {
  readonly #limits: LineLimits;
  readonly #kinds = new Map<string, { lines: number; dropped: number }>();
  #minute = 0;
  #lines = 0;
  /** Dropped lines of kinds that are not in the list, which is bounded. */
  #unlisted = 0;

  constructor(limits: LineLimits) {
    this.#limits = limits;
  }

  /**
   * Asks for a line.
   * @returns how many lines were dropped before this one; undefined where this one is to be dropped as well
   */
  take(kind: string, now: number): number | undefined {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.#minute) this.#begin(minute);
    const known = this.#kinds.get(kind);
    if (known === undefined && this.#lines >= this.#limits.all) {
      this.#unlisted++;
      return undefined;
    }
    const state = known ?? { lines: 0, dropped: 0 };
    this.#kinds.set(kind, state);
    if (state.lines >= this.#limits.kind || this.#lines >= this.#limits.all) {
      state.dropped++;
      return undefined;
    }
    state.lines++;
    this.#lines++;
    const dropped = state.dropped + this.#unlisted;
    state.dropped = 0;
    this.#unlisted = 0;
    return dropped;
  }

  #begin(minute: number): void {
    this.#minute = minute;
    this.#lines = 0;
    for (const { dropped } of this.#kinds.values()) this.#unlisted += dropped;
    this.#kinds.clear();
  }
}
