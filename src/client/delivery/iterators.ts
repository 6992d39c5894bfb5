import type { CoreRoom } from "../core-room.ts";
import { MAX_BUFFERED } from "../limits.ts";
import { type RoomMessage, sizeOfMessage } from "../message.ts";
import type { Backlog, Delivery } from "./delivery.ts";
import { MessageIterator } from "./message-iterator.ts";

/** The iterators of a room: each buffers the messages that its consumer has not finished. */
export class Iterators<Message> implements Backlog {
  readonly #delivery: Delivery;
  readonly #iterators = new Set<MessageIterator<RoomMessage<Message>>>();

  constructor(room: Pick<CoreRoom<Message>, "on">, delivery: Delivery) {
    this.#delivery = delivery;
    delivery.backlog = this;
    room.on("message", (message) => {
      const before = delivery.sequence.cursorAt(message.seq - 1);
      const size = sizeOfMessage(message);
      for (const iterator of this.#iterators) iterator.push({ message, size, before });
    });
    room.on("state", ({ status }) => {
      if (status === "closed") for (const iterator of this.#iterators) iterator.end();
    });
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

  create(): MessageIterator<RoomMessage<Message>> {
    const iterator = new MessageIterator<RoomMessage<Message>>({
      consumed: () => {
        this.#delivery.save();
        this.#delivery.returnMark();
      },
      ended: () => this.#iterators.delete(iterator),
    });
    this.#iterators.add(iterator);
    return iterator;
  }
}
