/** Allows something at most once in a period. Calls back at the end of the period if an attempt was refused. */
export class Cooldown {
  readonly #ms: number;
  readonly #onReady: () => void;
  #usedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onReady is called when a refused attempt may be repeated */
  constructor(ms: number, onReady: () => void) {
    this.#ms = ms;
    this.#onReady = onReady;
  }

  /** Starts a period, unless one is under way. @returns whether it did */
  tryStart(): boolean {
    const rest = this.#usedAt + this.#ms - Date.now();
    // A rest longer than the period means that the clock was set back.
    if (rest <= 0 || rest > this.#ms) {
      this.#usedAt = Date.now();
      return true;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#onReady();
    }, rest);
    return false;
  }

  /** Forgets the refused attempt. */
  cancel(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
