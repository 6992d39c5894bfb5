import type { RoomMessage } from "../message.ts";
import type { CursorStore } from "../options.ts";
import { SequenceTracker } from "./sequence-tracker.ts";

/** Consumers that lag behind the listeners. They hold the cursor and the marks back. */
export type Backlog<Message> = {
  /** The cursor in front of the oldest message that is not consumed. Undefined where all are. */
  readonly cursor: string | undefined;
  readonly isFull: boolean;
  push(message: RoomMessage<Message>, size: number, before: string | undefined): void;
  end(): void;
};

/**
 * The client's position in the log. It saves the cursor and returns marks to the server once a message has been handled. A cursor
 * store that fails costs the saved position, but not the connection.
 */
export class Delivery<Message> {
  readonly #store: CursorStore | null | undefined;
  readonly #send: (frame: string) => void;
  readonly #failed: (error: unknown) => void;
  readonly sequence: SequenceTracker;
  backlog: Backlog<Message> | undefined;
  /** The mark to return once the backlog has room. */
  #mark: string | undefined;

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

  /** The listeners get this message. */
  push(message: RoomMessage<Message>, size: number): void {
    this.backlog?.push(message, size, this.sequence.cursorAt(message.seq - 1));
  }

  /** Listeners, or consumers of the backlog, have handled messages. */
  handled(): void {
    this.saveCursor();
    this.mark(this.#mark);
  }

  /** Saves the cursor after what has been handled. @param isStart a fresh session begins */
  saveCursor(isStart = false): void {
    if (isStart || !this.#store?.manual) this.#save(this.backlog?.cursor ?? this.sequence.cursor);
  }

  ack(seq: number): void {
    this.#save(this.sequence.cursorAt(seq));
  }

  /** The server wants this mark back. Listeners have returned by now: a slow listener makes a slow reader. */
  mark(mark: string | undefined): void {
    this.#mark = mark;
    if (!mark || this.backlog?.isFull) return;
    this.#mark = undefined;
    this.#send(JSON.stringify({ type: "received", seq: this.sequence.seq, mark }));
  }

  #save(cursor: string | undefined): void {
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
