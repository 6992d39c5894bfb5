import type { CursorStore } from "../options.ts";
import { SequenceTracker } from "./sequence-tracker.ts";

/** Consumers that lag behind the listeners. They hold the cursor and the marks back. */
export type Backlog = {
  /** The cursor in front of the oldest message that is not consumed. Undefined where all are. */
  readonly cursor: string | undefined;
  readonly isFull: boolean;
};

/**
 * The client's position in the log. It saves the cursor and returns marks to the server once a message has been handled. A cursor
 * store that fails costs the saved position, but not the connection.
 */
export class Delivery {
  readonly #store: CursorStore | null | undefined;
  readonly #send: (frame: string) => void;
  readonly #failed: (error: unknown) => void;
  readonly sequence: SequenceTracker;
  backlog: Backlog | undefined;
  /** The mark that the server wants back. */
  mark: string | undefined;

  /**
   * @param history how many messages a fresh start asks for
   * @param send sends over a live connection
   * @param failed is called with what the cursor store throws
   */
  constructor(
    history: number,
    store: CursorStore | null | undefined,
    send: (frame: string) => void,
    failed: (error: unknown) => void,
  ) {
    this.#store = store;
    this.#send = send;
    this.#failed = failed;
    const cursor = this.#try(() => store?.load());
    this.sequence = new SequenceTracker(history, cursor);
  }

  /** Saves the cursor after what has been handled. @param isStart a fresh session begins */
  save(isStart = false): void {
    if (isStart || !this.#store?.manual) this.#write(this.backlog?.cursor ?? this.sequence.cursor);
  }

  ack(seq: number): void {
    this.#write(this.sequence.cursorAt(seq));
  }

  /** Returns the mark, unless the backlog is full. Listeners have returned by now: a slow listener makes a slow reader. */
  returnMark(): void {
    const { mark } = this;
    if (!mark || this.backlog?.isFull) return;
    this.mark = undefined;
    this.#send(JSON.stringify({ type: "received", seq: this.sequence.seq, mark }));
  }

  #write(cursor: string | undefined): void {
    if (cursor) this.#try(() => this.#store?.save(cursor));
  }

  #try<Result>(use: () => Result): Result | undefined {
    try {
      return use();
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }
}
