import { encodeBinary } from "../protocol/binary.ts";
import { RoomError } from "./error.ts";

/** What `publish()` resolves with, once the message is on disk. */
export type Published = { id: string; seq: number };

type Entry = {
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

  /** @throws RoomError `queue_full` */
  add(id: string, data: unknown): { frame: string | ArrayBuffer; published: Promise<Published> } {
    if (this.#entries.size >= this.#max) {
      throw new RoomError(
        "queue_full",
        `${this.#max} messages wait to be sent; try again when some of them are.`,
      );
    }
    const bytes = asBytes(data);
    const frame =
      bytes === undefined
        ? JSON.stringify({ type: "publish", id, data })
        : encodeBinary({ type: "publish", id }, bytes);
    const published = new Promise<Published>((resolve, reject) => {
      this.#entries.set(id, { frame, resolve, reject });
    });
    return { frame, published };
  }

  frameOf(id: string): string | ArrayBuffer | undefined {
    return this.#entries.get(id)?.frame;
  }

  /** The frames to send again, oldest first. */
  frames(): (string | ArrayBuffer)[] {
    return [...this.#entries.values()].map((entry) => entry.frame);
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
