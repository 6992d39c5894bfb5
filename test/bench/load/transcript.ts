import { type Frame, frameAt, TEXT } from "./frames.ts";
import type { Protocol } from "./protocol.ts";

/** A frame of messages. */
export type Delivery = {
  /** The offset of its end in the transcript. */
  end: number;
  /** The seq of its last message. */
  last: number;
  /** The publish time of each message, by `performance.now()`. */
  published: number[];
  /** The number of messages of each publisher. */
  by: Map<number, number>;
};

/** The id of a publisher's nth message. */
export function idOf(publisher: number, n: number): string {
  return `${publisher}-${n}`;
}

/** Data of this size that starts with the time of sending. */
export function stamped(bytes: number): string {
  return `${performance.now()} `.padEnd(bytes, "x");
}

/**
 * The bytes that every socket of a room must get from the first message on. A room sends the same frames to all sockets, so only
 * the bytes of the foremost socket are parsed and checked. All others are compared with them byte by byte, which is exact and cheap.
 */
export class Transcript {
  readonly deliveries: Delivery[] = [];
  /** The seq of the last message. */
  messages = 0;
  length = 0;
  readonly #protocol: Protocol;
  #bytes = Buffer.allocUnsafe(1024 * 1024);
  #parsed = 0;
  readonly #counts = new Map<number, number>();

  constructor(protocol: Protocol) {
    this.#protocol = protocol;
  }

  /** Adds or compares what a socket got after its first `at` bytes. @throws if it differs from what other sockets got */
  append(chunk: Buffer, at: number): void {
    const known = Math.min(chunk.length, this.length - at);
    if (known > 0 && chunk.compare(this.#bytes, at, at + known, 0, known) !== 0) {
      throw new Error(`A socket got other bytes than the rest, at offset ${at} or soon after.`);
    }
    if (known < chunk.length) this.#append(chunk.subarray(known));
  }

  #append(chunk: Buffer): void {
    if (this.length + chunk.length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * this.#bytes.length + chunk.length);
      this.#bytes.copy(larger, 0, 0, this.length);
      this.#bytes = larger;
    }
    chunk.copy(this.#bytes, this.length);
    this.length += chunk.length;
    const known = this.#bytes.subarray(0, this.length);
    for (
      let frame = frameAt(known, this.#parsed);
      frame !== undefined;
      frame = frameAt(known, this.#parsed)
    ) {
      this.#parse(frame);
      this.#parsed = frame.end;
    }
  }

  #parse({ opcode, payload, end }: Frame): void {
    const text = payload.toString();
    // Presence changes go to all sockets, too.
    if (text.startsWith('{"type":"presence"')) return;
    if (opcode !== TEXT || !text.startsWith(this.#protocol.messages))
      throw new Error(`Expected messages, not: ${text}`);
    const { first = this.messages + 1, messages } = this.#protocol.read(text);
    if (first !== this.messages + 1) throw new Error(`Seq ${first} follows ${this.messages}.`);
    const delivery: Delivery = { end, last: this.messages, published: [], by: new Map() };
    for (const { id, data } of messages) {
      const [publisher = Number.NaN, n] = id.split("-").map(Number);
      const expected = (this.#counts.get(publisher) ?? 0) + 1;
      if (n !== expected) throw new Error(`Publisher ${publisher}: expected message ${expected}, not ${n}.`);
      this.#counts.set(publisher, expected);
      delivery.by.set(publisher, (delivery.by.get(publisher) ?? 0) + 1);
      delivery.published.push(Number.parseFloat(data));
      delivery.last++;
    }
    this.messages = delivery.last;
    this.deliveries.push(delivery);
  }
}
