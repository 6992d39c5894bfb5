/**
 * Runs a function at most once in a window of time: at once where the last run is longer ago, else by a timer at the end of the window.
 * A quiet room therefore has no delay and no timer, and a busy one does the work for many requests at a time.
 */
export class Throttle {
  readonly #run: () => void;
  readonly #windowMs: () => number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ranAt = 0;

  constructor(run: () => void, windowMs: () => number) {
    this.#run = run;
    this.#windowMs = windowMs;
  }

  /** Asks for a run. */
  request(): void {
    if (this.#timer !== undefined) return;
    const windowMs = this.#windowMs();
    const wait = this.#ranAt + windowMs - Date.now();
    if (wait <= 0) this.#now();
    // A clock that was set back must not delay a run by more than the window.
    else this.#timer = setTimeout(() => this.#now(), Math.min(wait, windowMs));
  }

  /** Drops the run that was asked for. */
  cancel(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #now(): void {
    this.#timer = undefined;
    this.#ranAt = Date.now();
    this.#run();
  }
}
