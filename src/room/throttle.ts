/**
 * Does something at most once in a window of time: at once, if the last time is longer ago than that, else once, by a timer,
 * at the window's end. So what is quiet has no delay and no timer, and what is busy is done for many at a time.
 */
export class Throttle {
  readonly #run: () => void;
  readonly #length: () => number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ranAt = 0;

  /** @param length of the window, in milliseconds */
  constructor(run: () => void, length: () => number) {
    this.#run = run;
    this.#length = length;
  }

  /** There is something to do. */
  request(): void {
    if (this.#timer !== undefined) return;
    const length = this.#length();
    const wait = this.#ranAt + length - Date.now();
    if (wait <= 0) this.#now();
    // A clock that was set back must not hold anything for longer than the window.
    else this.#timer = setTimeout(() => this.#now(), Math.min(wait, length));
  }

  /** There is nothing to do any more. */
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
