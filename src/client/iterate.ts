/** A message that waits for a consumer. `before`: the cursor in front of it, to come back to should the consumer never finish. */
export type Queued<M> = { message: M; size: number; before: string | undefined; index: number };

type Owner<M> = {
  /** A message has been consumed. */
  consumed: () => void;
  /** Nothing will be taken from the queue any more. */
  ended: (queue: MessageQueue<M>) => void;
};

/** The messages of a room from now on, for `for await`. A message counts as consumed when the next one is asked for. */
export class MessageQueue<M> implements AsyncIterableIterator<M> {
  readonly #queued: Queued<M>[] = [];
  readonly #waiting: ((result: IteratorResult<M, undefined>) => void)[] = [];
  readonly #owner: Owner<M>;
  #current: Queued<M> | undefined;
  #isEnded = false;
  /** Bytes, or characters, of the messages that wait. */
  size = 0;

  constructor(owner: Owner<M>) {
    this.#owner = owner;
  }

  /** The oldest message that is not consumed. */
  get oldest(): Queued<M> | undefined {
    return this.#current ?? this.#queued[0];
  }

  push(queued: Queued<M>): void {
    this.#queued.push(queued);
    this.size += queued.size;
    if (this.#waiting.length > 0) this.#waiting.shift()?.(this.#take());
  }

  /** No more will come; what is there may still be taken. */
  end(): void {
    this.#isEnded = true;
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<M, undefined>> {
    this.#current = undefined;
    this.#owner.consumed();
    if (this.#queued.length > 0) return this.#take();
    if (this.#isEnded) {
      this.#owner.ended(this);
      return { done: true, value: undefined };
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The consumer stops. It is done with the message that it had, and not with those that wait. */
  async return(): Promise<IteratorResult<M, undefined>> {
    this.#current = undefined;
    this.#owner.consumed();
    this.#queued.length = 0;
    this.size = 0;
    this.end();
    this.#owner.ended(this);
    return { done: true, value: undefined };
  }

  #take(): IteratorResult<M, undefined> {
    const queued = this.#queued.shift();
    if (queued === undefined) return { done: true, value: undefined };
    this.#current = queued;
    this.size -= queued.size;
    return { done: false, value: queued.message };
  }
}
