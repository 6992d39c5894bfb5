import { encodeBinary } from "../protocol/binary.ts";
import { RoomError } from "./error.ts";

/** What `publish()` resolves with, once the message is on disk. */
export type Published = { id: string; seq: number };

/** A publish that got no answer for so long over a live connection is sent again: the room may have lost it in a crash. */
const ANSWER_MS = 15_000;

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

  /** @param max how many may be unsettled at a time */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** @throws RoomError `queue_full`, `too_big` */
  add(id: string, data: unknown): { frame: string | ArrayBuffer; published: Promise<Published> } {
    if (this.#entries.size >= this.#max) {
      throw new RoomError(
        "queue_full",
        `${this.#max} messages wait to be sent; try again when some of them are.`,
      );
    }
    const bytes = asBytes(data);
    const frame: string | ArrayBuffer =
      bytes === undefined
        ? JSON.stringify({ type: "publish", id, data })
        : encodeBinary({ type: "publish", id }, bytes);
    // Far above what any service takes, and below what a runtime closes the connection for.
    if ((typeof frame === "string" ? frame.length : frame.byteLength) > MOST_SIZE) {
      throw new RoomError("too_big", "The message is far too big to be sent.");
    }
    const published = new Promise<Published>((resolve, reject) => {
      this.#entries.set(id, { due: Date.now() + ANSWER_MS, frame, resolve, reject });
    });
    return { frame, published };
  }

  /** The frames to send again, oldest first: those that are overdue, or all of them. */
  again(now: number, all = false): (string | ArrayBuffer)[] {
    const entries = [...this.#entries.values()].filter(({ due }) => all || due <= now);
    for (const entry of entries) entry.due = now + ANSWER_MS;
    return entries.map(({ frame }) => frame);
  }

  /** Puts one off, in milliseconds. Whether there is such a one. */
  delay(id: string, until: number): boolean {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.due = until;
    return entry !== undefined;
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  landed(id: string, seq: number): void {
    this.#entries.get(id)?.resolve({ id, seq });
    this.#entries.delete(id);
  }

  refused(id: string, error: RoomError): void {
    this.#entries.get(id)?.reject(error);
    this.#entries.delete(id);
  }

  /** Refuses all that is left. */
  end(error: RoomError): void {
    for (const id of [...this.#entries.keys()]) this.refused(id, error);
  }
}

function asBytes(data: unknown): Uint8Array | undefined {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return undefined;
}
