import type { HistoryMessage } from "../protocol/down.ts";
import { RoomError } from "./error.ts";
import { pageMessage, type RoomMessage } from "./message.ts";

/** Messages, oldest first. `more`: there are older ones. */
export type HistoryPage<T = unknown> = { messages: RoomMessage<T>[]; more: boolean };

type Waiting<T> = { resolve: (page: HistoryPage<T>) => void; reject: (error: RoomError) => void };

export const notConnected = (): RoomError => new RoomError("closed", "The room is not connected.");

/** Questions for history that wait for their answers. */
export class Pages<T> {
  readonly #waiting = new Map<string, Waiting<T>>();

  ask(id: string): Promise<HistoryPage<T>> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  answer(id: string, { messages, more }: { messages: HistoryMessage[]; more: boolean }): void {
    this.#waiting.get(id)?.resolve({ messages: messages.map((message) => pageMessage<T>(message)), more });
    this.#waiting.delete(id);
  }

  /** Whether the refusal was of one of these. */
  refuse(id: string, error: RoomError): boolean {
    this.#waiting.get(id)?.reject(error);
    return this.#waiting.delete(id);
  }

  end(): void {
    for (const { reject } of this.#waiting.values()) reject(notConnected());
    this.#waiting.clear();
  }
}
