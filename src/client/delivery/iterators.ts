import { MAX_BUFFERED } from "../limits.ts";
import type { RoomMessage } from "../message.ts";
import type { Backlog } from "./delivery.ts";
import { MessageIterator } from "./message-iterator.ts";

/** The iterators of a room: each buffers the messages that its consumer has not finished. */
export class Iterators<Message> implements Backlog<Message> {
  readonly #iterators = new Set<MessageIterator<RoomMessage<Message>>>();
  readonly #consumed: () => void;

  /** @param consumed is called when a consumer has finished a message */
  constructor(consumed: () => void) {
    this.#consumed = consumed;
  }

  get cursor(): string | undefined {
    // All iterators get the same messages, so the one with the most left has the oldest.
    let last: MessageIterator<RoomMessage<Message>> | undefined;
    for (const iterator of this.#iterators) if (iterator.left > (last?.left ?? 0)) last = iterator;
    return last?.cursor;
  }

  get isFull(): boolean {
    return [...this.#iterators].some(({ size }) => size > MAX_BUFFERED);
  }

  push(message: RoomMessage<Message>, size: number, before: string | undefined): void {
    for (const iterator of this.#iterators) iterator.push({ message, size, before });
  }

  end(): void {
    for (const iterator of this.#iterators) iterator.end();
  }

  create(): MessageIterator<RoomMessage<Message>> {
    const iterator = new MessageIterator<RoomMessage<Message>>({
      consumed: this.#consumed,
      ended: () => this.#iterators.delete(iterator),
    });
    this.#iterators.add(iterator);
    return iterator;
  }
}
