import type { Dialect } from "./dialect.ts";
import { type Frame, frameAt, TEXT } from "./frames.ts";

/** A frame of messages, as the load generator needs it. */
export type Delivery = {
  /** Where the frame ends in the transcript. */
  end: number;
  /** The number of its last message. */
  last: number;
  /** When each of its messages was published, by `performance.now()`. */
  published: number[];
  /** How many of them each publisher sent. */
  by: Map<number, number>;
};

/** Who published a message and which of theirs it was. */
export function idOf(publisher: number, n: number): string {
  return `${publisher}-${n}`;
}

/** The time, in the message itself, for whoever gets it. */
export function stamped(bytes: number): string {
  return `${performance.now()} `.padEnd(bytes, "x");
}

/**
 * The bytes that every socket of a room must get from the first message on. A room sends one and the same frame to all,
 * so only the socket that is ahead has its bytes parsed, and judged; all others are compared with them, byte by byte.
 * That is exact, and so cheap that hundreds of sockets leave the machine to the service.
 */
export class Transcript {
  readonly deliveries: Delivery[] = [];
  /** The number of the last message. */
  messages = 0;
  length = 0;
  readonly #dialect: Dialect;
  #bytes = Buffer.allocUnsafe(1024 * 1024);
  #parsed = 0;
  readonly #heard = new Map<number, number>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** Takes in what a socket got after the first `at` bytes. @throws where it is not what the others got */
  hear(chunk: Buffer, at: number): void {
    const known = Math.min(chunk.length, this.length - at);
    if (known > 0 && chunk.compare(this.#bytes, at, at + known, 0, known) !== 0) {
      throw new Error(`A socket got other bytes than the rest, at ${at} or soon after.`);
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
      this.#judge(frame);
      this.#parsed = frame.end;
    }
  }

  #judge({ opcode, payload, end }: Frame): void {
    const text = payload.toString();
    // Changes of the list of members go to all, too.
    if (text.startsWith('{"type":"presence"')) return;
    if (opcode !== TEXT || !text.startsWith(this.#dialect.messages))
      throw new Error(`This came in place of messages: ${text}`);
    const { first = this.messages + 1, messages } = this.#dialect.read(text);
    if (first !== this.messages + 1) throw new Error(`${first} came after ${this.messages}.`);
    const delivery: Delivery = { end, last: this.messages, published: [], by: new Map() };
    for (const { id, data } of messages) {
      const [publisher = Number.NaN, n] = id.split("-").map(Number);
      const expected = (this.#heard.get(publisher) ?? 0) + 1;
      if (n !== expected)
        throw new Error(`Message ${n} of publisher ${publisher} came in place of ${expected}.`);
      this.#heard.set(publisher, expected);
      delivery.by.set(publisher, (delivery.by.get(publisher) ?? 0) + 1);
      delivery.published.push(Number.parseFloat(data));
      delivery.last++;
    }
    this.messages = delivery.last;
    this.deliveries.push(delivery);
  }
}
