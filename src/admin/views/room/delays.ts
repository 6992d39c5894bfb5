/** The messages over which the delay is taken. */
const WINDOW = 100;
const SECONDS = 60;

/** The measurements of this page in a room that it follows. `delay`, `slowest`: milliseconds, undefined until a message has arrived. */
export type Figures = {
  received: number;
  lastMinute: number;
  delay: number | undefined;
  slowest: number | undefined;
};

/** Measures live messages. Its memory does not grow with their number. */
export class Delays {
  #received = 0;
  readonly #delays: number[] = [];
  /** The messages of each of the last 60 seconds, and which second that was. */
  readonly #seconds = Array.from({ length: SECONDS }, () => ({ second: -1, count: 0 }));

  /** @param at when the room stored the message, by its clock: milliseconds */
  add(at: number, now: number): void {
    this.#received++;
    this.#delays.push(now - at);
    if (this.#delays.length > WINDOW) this.#delays.shift();
    const second = Math.floor(now / 1000);
    const slot = this.#seconds[second % SECONDS];
    if (slot === undefined) return;
    if (slot.second !== second) Object.assign(slot, { second, count: 0 });
    slot.count++;
  }

  figures(now: number): Figures {
    const oldest = Math.floor(now / 1000) - SECONDS;
    const sorted = this.#delays.toSorted((a, b) => a - b);
    return {
      received: this.#received,
      lastMinute: this.#seconds.reduce((sum, { second, count }) => sum + (second > oldest ? count : 0), 0),
      delay: sorted[Math.floor(sorted.length / 2)],
      slowest: sorted.at(-1),
    };
  }
}
