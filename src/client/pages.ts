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
    this.#take(id)?.resolve({ messages, more });
  }

  /** Whether the refusal was of one of these. */
  refuse(id: string, error: RoomError): boolean {
    const waiting = this.#take(id);
    waiting?.reject(error);
    return waiting !== undefined;
  }

  end(): void {
    for (const id of [...this.#waiting.keys()])
      this.refuse(id, new RoomError("closed", "The room is not connected."));
  }

  #take(id: string): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
