import { SLOW_TAB_MS } from "../limits.ts";
import { clearTimer, type Timer } from "../platform.ts";

/** A mark of the server that the leader returns once every tab has. A tab that keeps it for too long is cut off, so that it delays no other. */
export class Marks {
  readonly #returned: (mark: string) => void;
  readonly #cutOff: (slow: string[]) => void;
  #mark: string | undefined;
  #waiting = new Set<string>();
  #timer: Timer | undefined;

  /**
   * @param returned is called once all have returned a mark
   * @param cutOff is called with those that have not in time
   */
  constructor(returned: (mark: string) => void, cutOff: (slow: string[]) => void) {
    this.#returned = returned;
    this.#cutOff = cutOff;
  }

  start(mark: string, readers: Iterable<string>): void {
    this.#mark = mark;
    this.#waiting = new Set(readers);
    clearTimer(this.#timer);
    this.#timer = setTimeout(() => this.#cutOff([...this.#waiting]), SLOW_TAB_MS);
    this.#check();
  }

  /** A reader has returned the mark, or is gone. */
  settle(reader: string, mark = this.#mark): void {
    if (mark === this.#mark && this.#waiting.delete(reader)) this.#check();
  }

  stop(): void {
    clearTimer(this.#timer);
    this.#mark = undefined;
  }

  #check(): void {
    const mark = this.#mark;
    if (mark === undefined || this.#waiting.size > 0) return;
    this.stop();
    this.#returned(mark);
  }
}
