import type { RoomMessage } from "../message.ts";
import type { CursorStore } from "../options.ts";
import { MessageIterator } from "./message-iterator.ts";
import { SequenceTracker } from "./sequence-tracker.ts";

/** While an iterator buffers so many bytes, or characters, the client returns no marks, and so the server stops sending. */
const MAX_BUFFERED = 1024 * 1024;

/**
 * The position in the log, and the iterators that lag behind it. It saves the cursor and returns marks to the server once a message
 * has been handled. A cursor store that fails costs the saved position, but not the connection.
 */
export class Delivery<Message> {
  readonly #store: CursorStore | null | undefined;
  readonly #send: (frame: string) => void;
  readonly #failed: (error: unknown) => void;
  readonly #iterators = new Set<MessageIterator<RoomMessage<Message>>>();
  readonly sequence: SequenceTracker;
  /** The mark to return once the iterators have caught up. */
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

  /** Adds a message to the buffers of the iterators. */
  buffer(message: RoomMessage<Message>, size: number): void {
    const before = this.sequence.cursorAt(message.seq - 1);
    for (const iterator of this.#iterators) iterator.push({ message, size, before });
  }

  /** Saves the cursor in front of the oldest message that an iterator has not consumed. @param isStart a fresh session begins */
  saveCursor(isStart = false): void {
    if (!isStart && this.#store?.manual) return;
    // All iterators get the same messages, so the one with the most left has the oldest.
    let last: MessageIterator<RoomMessage<Message>> | undefined;
    for (const iterator of this.#iterators) if (iterator.left > (last?.left ?? 0)) last = iterator;
    this.#save(last ? last.cursor : this.sequence.cursor);
  }

  ack(seq: number): void {
    this.#save(this.sequence.cursorAt(seq));
  }

  /** The server wants this mark back. Listeners have returned by now: a slow listener makes a slow reader. */
  mark(mark: string | undefined): void {
    this.#mark = mark;
    if (!mark || [...this.#iterators].some(({ size }) => size > MAX_BUFFERED)) return;
    this.#mark = undefined;
    this.#send(JSON.stringify({ type: "received", seq: this.sequence.seq, mark }));
  }

  iterate(): MessageIterator<RoomMessage<Message>> {
    const iterator = new MessageIterator<RoomMessage<Message>>({
      consumed: () => {
        this.saveCursor();
        this.mark(this.#mark);
      },
      ended: () => this.#iterators.delete(iterator),
    });
    this.#iterators.add(iterator);
    return iterator;
  }

  end(): void {
    for (const iterator of this.#iterators) iterator.end();
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
