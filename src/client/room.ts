import { MessageStream } from "../protocol/message-stream.ts";
import { CoreRoom } from "./core-room.ts";
import { Iterators } from "./delivery/iterators.ts";
import type { RoomMessage } from "./message.ts";
import type { JoinOptions } from "./options.ts";
import type { Published } from "./sending/publish-queue.ts";
import { Timeline } from "./timeline/timeline.ts";

/** A room that this client has joined. It reconnects by itself until `leave()`, or until the server refuses it for good. */
export class Room<Message = unknown, Signal = unknown, State = unknown> extends CoreRoom<
  Message,
  Signal,
  State
> {
  readonly #options: JoinOptions;
  /** How many calls of `joinRoom` share this room and have not left it. Undefined where it is not shared. */
  #users: number | undefined;
  #iterators: Iterators<Message> | undefined;
  #timeline: Timeline<Message> | undefined;

  constructor(name: string, options: JoinOptions) {
    super(name, options);
    this.#options = options;
  }

  /** The messages as a store for views. It is created on first use; a program that does not use it keeps no messages. */
  get timeline(): Timeline<Message> {
    this.#timeline ??= new Timeline(this, this.#options);
    return this.#timeline;
  }

  /**
   * Adds a user of a shared room.
   * @internal
   */
  retain(): this {
    this.#users = (this.#users ?? 0) + 1;
    return this;
  }

  /**
   * Leaves the room. Pending publishes are rejected. A shared room is left once all of its users have left it, at the end of the turn: a view
   * that mounts again in the same turn keeps its connection, as in the StrictMode of React.
   */
  override leave(): void {
    if (this.#users === undefined) {
      super.leave();
      return;
    }
    this.#users = Math.max(0, this.#users - 1);
    queueMicrotask(() => {
      if (this.#users === 0) super.leave();
    });
  }

  /**
   * Replaces the data of a message. Its author may, and members with the capability `moderate`.
   * @param target the seq of the message
   * @throws RoomError `invalid_target`, `forbidden`, and what `publish` throws
   */
  edit(target: number, data: Message): Promise<Published> {
    return this.publish(data, { op: "edit", ...this.#in(target) });
  }

  /** Deletes a message for everyone. Its author may, and members with the capability `moderate`. */
  remove(target: number): Promise<Published> {
    return this.publish(undefined as Message, { op: "delete", ...this.#in(target) });
  }

  /**
   * Appends to the text of a message: to its data, or to the `text` of its data. Its author may.
   */
  append(target: number, text: string): Promise<Published> {
    return this.publish(text as Message, { op: "append", ...this.#in(target) });
  }

  /**
   * Publishes a message whose text follows in parts, such as the answer of a language model.
   * @param data a string, or an object with a `text`
   * @example
   * const answer = room.stream({ text: "" });
   * for await (const word of model) answer.append(word);
   * await answer.end();
   */
  stream(data: Message, options: { id?: string } = {}): MessageStream {
    const published = this.publish(data, { ...options, stream: true });
    return new MessageStream(
      published.then(({ seq }) => ({ seq, ...this.#in(seq) })),
      ({ seq: target, epoch }, text, end) =>
        this.publish(text as Message, { op: "append", target, epoch, end }),
    );
  }

  /** Adds a reaction to a message. @param key 1 to 64 characters, such as an emoji */
  react(target: number, key: string): Promise<Published> {
    return this.publish(undefined as Message, { op: "react", ...this.#in(target), key });
  }

  /** Takes a reaction back. */
  unreact(target: number, key: string): Promise<Published> {
    return this.publish(undefined as Message, { op: "unreact", ...this.#in(target), key });
  }

  /** A message of the present log. An operation that waits while the room is erased is refused, not applied to another message. */
  #in(target: number): { target: number; epoch: string | undefined } {
    return { target, epoch: this.cursor?.split(".")[0] };
  }

  /**
   * Iterates over the messages from now on, until the room is closed. It buffers the messages that are not consumed yet; when
   * the buffer is full, the server waits.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<RoomMessage<Message>> {
    this.#iterators ??= new Iterators(this, this.delivery);
    const iterator = this.#iterators.create();
    if (this.isClosed) iterator.end();
    return iterator;
  }
}
