import { RoomError } from "../error.ts";
import type { HistoryFrame } from "../frames.ts";
import { decodeHistoryMessage, type RoomMessage } from "../message.ts";

/** A page of messages, oldest first. `more`: there are older ones. */
export type HistoryPage<Message = unknown> = { messages: RoomMessage<Message>[]; more: boolean };

type PendingRequest<Message> = {
  resolve: (page: HistoryPage<Message>) => void;
  reject: (error: RoomError) => void;
};

export const notConnected = (): RoomError =>
  new RoomError("closed", "The room is not connected. Try again later.");

/** Requests for pages of history that have no answer yet. */
export class HistoryRequests<Message> {
  readonly #pending = new Map<string, PendingRequest<Message>>();

  add(id: string): Promise<HistoryPage<Message>> {
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  resolve({ id, messages, more }: HistoryFrame): void {
    this.#pending
      .get(id)
      ?.resolve({ messages: messages.map((one) => decodeHistoryMessage<Message>(one)), more });
    this.#pending.delete(id);
  }

  /** @returns whether the id is one of these requests */
  reject(id: string, error: RoomError): boolean {
    this.#pending.get(id)?.reject(error);
    return this.#pending.delete(id);
  }

  /** The connection is gone, and the answers with it. */
  rejectAll(): void {
    for (const { reject } of this.#pending.values()) reject(notConnected());
    this.#pending.clear();
  }
}
