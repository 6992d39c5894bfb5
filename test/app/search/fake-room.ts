import { signal } from "@preact/signals";
import type { HistoryRoom } from "../../../src/app/search/paced-history.ts";
import { type ConnectionState, RoomError, type RoomMessage } from "../../../src/client/core.ts";

type Listener = (event: never) => void;

/** A room with a log in memory. `refuse` makes its next reads fail with these codes. */
export class LogRoom {
  readonly log: RoomMessage<{ text: string }>[] = [];
  readonly refuse: string[] = [];
  reads = 0;
  /** By the name of the event. */
  readonly #listeners = new Map<string, Listener[]>();

  on(type: string, listener: Listener): () => void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
    return () => {};
  }

  emit(type: string, event: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }

  async history({ before = Infinity, limit = 50 }: { before?: number; limit?: number }) {
    this.reads++;
    const code = this.refuse.shift();
    if (code !== undefined) throw new RoomError(code, "refused");
    const older = this.log.filter(({ seq, op }) => seq < before && op === undefined);
    return { messages: older.slice(-limit), more: older.length > limit };
  }

  /** Adds a message, or changes the log in another way, and tells the listeners. */
  add(message: { text: string; name?: string } | Partial<RoomMessage<{ text: string }>>): number {
    const seq = this.log.length + 1;
    const { text, ...rest } = { text: undefined, ...message };
    const full = { seq, at: seq * 1000, id: `${seq}`, from: "m1", name: "Ada", ...rest } as RoomMessage<{
      text: string;
    }>;
    if (text !== undefined) Object.assign(full, { data: { text } });
    this.log.push(full);
    if (full.op === "edit") Object.assign(this.#target(full), { data: full.data, edited: full.at });
    if (full.op === "delete") Object.assign(this.#target(full), { data: undefined, deleted: true });
    this.emit("message", full);
    return seq;
  }

  #target({ target = 0 }: { target?: number | undefined }): object {
    const message = this.log[target - 1];
    if (message === undefined) throw new Error(`There is no message ${target}.`);
    return message;
  }
}

const LIMITS = { publishRate: 20, publishBurst: 100 };
export const LIVE = { status: "live", welcome: { limits: LIMITS } } as ConnectionState;

export function storeOf(room: LogRoom) {
  const connectionState = signal<ConnectionState>(LIVE);
  const store = { room, connectionState };
  return { connectionState, store: store as unknown as HistoryRoom };
}
