import { encodeBinary } from "../protocol/binary.ts";
import { RoomError } from "./error.ts";

/** What `publish()` resolves with, once the message is on disk. */
export type Published = { id: string; seq: number };

/** A publish that got no answer for so long over a live connection is sent again: the room may have lost it in a crash. */
const ANSWER_MS = 15_000;

/** When to try again where the room could not store it, and did not say: milliseconds. */
const PASSING_MS = 1000;

/** Bytes, or characters, which may be three bytes each. */
const MOST_SIZE = 10 * 1024 * 1024;

type Entry = {
  /** When it is to be sent again, if there is no answer by then. */
  due: number;
  frame: string | ArrayBuffer;
  resolve: (published: Published) => void;
  reject: (error: RoomError) => void;
};

/**
 * Publishes that are not settled yet, in their order. Each keeps its id, so that it can be sent again after a reconnect
 * without landing twice.
 */
export class Outbox {
  readonly #entries = new Map<string, Entry>();
  readonly #max: number;
  readonly #overdue: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param max how many may be unsettled at a time
   * @param overdue is called when there is something to send again; where that cannot be, all is, once it can
   */
  constructor(max: number, overdue: () => void) {
    this.#max = max;
    this.#overdue = overdue;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** @throws RoomError `queue_full`, `too_big` */
  add(id: string, data: unknown): { frame: string | ArrayBuffer; published: Promise<Published> } {
    if (this.#entries.size >= this.#max) {
      throw new RoomError("queue_full", `${this.#max} messages wait to be sent.`);
    }
    const bytes = asBytes(data);
    const frame: string | ArrayBuffer =
      bytes === undefined
        ? JSON.stringify({ type: "publish", id, data })
        : encodeBinary({ type: "publish", id }, bytes);
    // Far above what any service takes, and below what a runtime closes the connection for.
    if ((typeof frame === "string" ? frame.length : frame.byteLength) > MOST_SIZE) {
      throw new RoomError("too_big", "The message is too big.");
    }
    const published = new Promise<Published>((resolve, reject) => {
      this.#entries.set(id, { due: Date.now() + ANSWER_MS, frame, resolve, reject });
    });
    if (this.#timer === undefined) this.#arm();
    return { frame, published };
  }

  /** The frames to send again, oldest first: those that are overdue, or all of them. */
  again(now: number, all = false): (string | ArrayBuffer)[] {
    const entries = [...this.#entries.values()].filter(({ due }) => all || due <= now);
    for (const entry of entries) entry.due = now + ANSWER_MS;
    this.#arm();
    return entries.map(({ frame }) => frame);
  }

  landed(id: string, seq: number): void {
    this.#entries.get(id)?.resolve({ id, seq });
    this.#entries.delete(id);
  }

  /**
   * Settles one, or puts it off, where the same may still land.
   * @returns whether it was one of these
   */
  refuse(id: string, error: RoomError, retryAfter?: number): boolean {
    const entry = this.#entries.get(id);
    if (entry && (retryAfter || error.code === "unavailable")) {
      entry.due = Date.now() + (retryAfter ?? PASSING_MS);
      this.#arm();
      return true;
    }
    entry?.reject(error);
    return this.#entries.delete(id);
  }

  /** Refuses all that is left. */
  end(error: RoomError): void {
    for (const { reject } of this.#entries.values()) reject(error);
    this.#entries.clear();
    this.#arm();
  }

  /** One timer, for the first that is due. */
  #arm(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.size === 0) return;
    let first = Infinity;
    for (const { due } of this.#entries.values()) first = Math.min(first, due);
    this.#timer = setTimeout(this.#overdue, first - Date.now());
  }
}

function asBytes(data: unknown): Uint8Array | undefined {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return undefined;
}
