import { RoomError } from "../error.ts";
import type { HistoryFrame } from "../frames.ts";
import { decodeHistoryMessage, type RoomMessage } from "../message.ts";

/** A page of messages, oldest first. `more`: there are older ones. */
export type HistoryPage<Message = unknown> = { messages: RoomMessage<Message>[]; more: boolean };

type PendingRequest<Message> = {
  resolve: (page: HistoryPage<Message>) => void;
  reject: (error: RoomError) => void;
};

export const notConnected = (): RoomError => new RoomError("closed", "Not connected. Wait, or join again.");

/** Requests for pages of history that have no answer yet. */
export class HistoryRequests<Message> {
  readonly #pending = new Map<string, PendingRequest<Message>>();

  add(id: string): Promise<HistoryPage<Message>> {
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  /** @returns whether the id is one of these requests */
  settle(id: string, result: HistoryFrame | RoomError): boolean {
    const request = this.#pending.get(id);
    if (result instanceof RoomError) request?.reject(result);
    else
      request?.resolve({
        messages: result.messages.map(decodeHistoryMessage<Message>),
        more: result.more,
      });
    return this.#pending.delete(id);
  }

  /** The connection is gone, and the answers with it. */
  clear(): void {
    for (const id of this.#pending.keys()) this.settle(id, notConnected());
  }
}
