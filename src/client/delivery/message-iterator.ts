/** A message in an iterator's buffer. `before`: the cursor in front of it, to resume from if the consumer never finishes it. */
export type BufferedMessage<M> = { message: M; size: number; before: string | undefined };

type Owner = {
  /** The consumer has finished a message. */
  consumed: () => void;
  /** The consumer takes no more messages. */
  ended: () => void;
};

/** The messages of a room from now on, for `for await`. A message counts as consumed when the next one is requested. */
export class MessageIterator<M> implements AsyncIterableIterator<M> {
  readonly #buffer: BufferedMessage<M>[] = [];
  readonly #requests: ((result: IteratorResult<M, undefined>) => void)[] = [];
  readonly #owner: Owner;
  #current: BufferedMessage<M> | undefined;
  #isEnded = false;
  /** Bytes, or characters, of the buffered messages. */
  size = 0;

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  /** How many messages are not consumed. */
  get left(): number {
    return this.#buffer.length + (this.#current ? 1 : 0);
  }

  /** The cursor in front of them. */
  get cursor(): string | undefined {
    return (this.#current ?? this.#buffer[0])?.before;
  }

  push(buffered: BufferedMessage<M>): void {
    this.#buffer.push(buffered);
    this.size += buffered.size;
    this.#requests.shift()?.(this.#take());
  }

  /** Ends the iteration after the buffered messages. */
  end(): void {
    this.#isEnded = true;
    for (const resolve of this.#requests.splice(0)) resolve(this.#take());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<M, undefined>> {
    this.#finish();
    if (this.left > 0) return this.#take();
    if (!this.#isEnded) return new Promise((resolve) => this.#requests.push(resolve));
    return this.return();
  }

  /** The consumer stops. It has finished its current message, but not the buffered ones. */
  async return(): Promise<IteratorResult<M, undefined>> {
    this.#finish();
    this.#buffer.length = this.size = 0;
    this.end();
    this.#owner.ended();
    return this.#take();
  }

  #finish(): void {
    this.#current = undefined;
    this.#owner.consumed();
  }

  /** The next message, or the end where the buffer is empty. */
  #take(): IteratorResult<M, undefined> {
    this.#current = this.#buffer.shift();
    if (!this.#current) return { done: true, value: undefined };
    this.size -= this.#current.size;
    return { done: false, value: this.#current.message };
  }
}
