import type { HistoryMessage } from "../protocol/down.ts";
import { RoomError } from "./error.ts";

export type HistoryPage = { messages: HistoryMessage[]; more: boolean };

type Waiting = { resolve: (page: HistoryPage) => void; reject: (error: RoomError) => void };

/** Questions for history that wait for their answers. */
export class Pages {
  readonly #waiting = new Map<string, Waiting>();

  ask(id: string): Promise<HistoryPage> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  answer(id: string, { messages, more }: HistoryPage): void {
    this.#waiting.get(id)?.resolve({ messages, more });
    this.#waiting.delete(id);
  }

  /** Whether the refusal was of one of these. */
  refuse(id: string, error: RoomError): boolean {
    this.#waiting.get(id)?.reject(error);
    return this.#waiting.delete(id);
  }

  end(): void {
    for (const { reject } of this.#waiting.values())
      reject(new RoomError("closed", "The room is not connected."));
    this.#waiting.clear();
  }
}
