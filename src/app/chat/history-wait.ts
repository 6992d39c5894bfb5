/** How long the first messages wait for the rest of the history: milliseconds. */
const MAX_WAIT_MS = 1000;

/**
 * Keeps the first messages of a room back until its history is whole, for a second at most. History may arrive in several frames. The
 * messages of the first one would sit at the bottom, and move up with the next.
 */
export class HistoryWait {
  #isStarted = false;
  #isOver = false;

  /** Whether to wait. @param onEnd is called after a second, once */
  isNeeded(onEnd: () => void): boolean {
    if (!this.#isStarted)
      setTimeout(() => {
        this.#isOver = true;
        onEnd();
      }, MAX_WAIT_MS);
    this.#isStarted = true;
    return !this.#isOver;
  }
}
