import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { RoomError } from "../../client/core.ts";
import type { ChatMessage } from "./chat-message.ts";

/** Shows one message of a room, wherever it is in the log. */
export class MessageJump {
  /** The message that the timeline scrolls to and highlights. An object, so that the same message can be shown again. */
  readonly target = signal<{ seq: number } | undefined>(undefined);
  /** Whether a message is being loaded, to be shown. */
  readonly isLoading = signal(false);
  readonly #messages: ReadonlySignal<readonly ChatMessage[]>;
  readonly #error: Signal<RoomError | undefined>;
  #latest = 0;
  readonly #load: (seq: number) => Promise<RoomError | undefined>;

  /** @param load loads the messages around a seq, and resolves with an error if the room does not have it */
  constructor(
    messages: ReadonlySignal<readonly ChatMessage[]>,
    error: Signal<RoomError | undefined>,
    load: (seq: number) => Promise<RoomError | undefined>,
  ) {
    this.#messages = messages;
    this.#error = error;
    this.#load = load;
  }

  /** The message with a seq, if the timeline holds it. */
  find(seq: number): ChatMessage | undefined {
    const messages = this.#messages.value;
    let low = 0;
    let high = messages.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const message = messages[middle];
      if (message === undefined || message.seq === seq) return message;
      if (message.seq < seq) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  /** Shows a message, and loads it before if needed. Says so if the room does not have it. Of several jumps, the last one counts. */
  async to(seq: number): Promise<void> {
    this.#latest = seq;
    this.isLoading.value = this.find(seq) === undefined;
    const error = this.isLoading.value ? await this.#load(seq).catch((error: RoomError) => error) : undefined;
    if (seq !== this.#latest) return;
    batch(() => {
      this.isLoading.value = false;
      this.#error.value = error;
      if (error === undefined) this.target.value = { seq };
    });
  }
}
