import type { CursorStore } from "./options.ts";

/** Of a consumer's queue: the oldest message that it has not finished, and the cursor in front of that. */
type Queue = { oldest: { before: string | undefined; index: number } | undefined };

/**
 * Where the position is kept, and which one: messages that a consumer has not finished come again after a restart. A store
 * that fails, full as it may be, costs the position and not the connection.
 */
export class Cursors {
  readonly #store: CursorStore | null | undefined;
  readonly #failed: (error: unknown) => void;

  constructor(store: CursorStore | null | undefined, failed: (error: unknown) => void) {
    this.#store = store;
    this.#failed = failed;
  }

  load(): string | undefined {
    return this.#try(() => this.#store?.load());
  }

  /**
   * Everything up to the cursor was handed to the listeners and queues.
   * @param isStart whether a session begins here, and does not go on from an earlier one
   */
  handedOut(cursor: string | undefined, queues: Iterable<Queue>, isStart = false): void {
    let first: Queue["oldest"];
    for (const { oldest } of queues)
      if (oldest && !(oldest.index >= (first?.index ?? Infinity))) first = oldest;
    if (isStart || !this.#store?.manual) this.save(first ? first.before : cursor);
  }

  save(cursor: string | undefined): void {
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
