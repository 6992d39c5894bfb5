import { type Frame, frameAt, TEXT } from "./frames.ts";

/** A `messages` frame, as the load generator needs it. */
export type Delivery = {
  /** Where the frame ends in the transcript. */
  end: number;
  /** The seq of its last message. */
  last: number;
  /** When each of its messages was published, by `performance.now()`. */
  published: number[];
  /** How many of them each publisher sent. */
  by: Map<number, number>;
};

/** Who published a message, which of theirs it was, and when: all in the message, for whoever gets it. */
export function messageOf(publisher: number, n: number, bytes: number): string {
  const data = `${performance.now()} `.padEnd(bytes, "x");
  return JSON.stringify({ type: "publish", id: `${publisher}-${n}`, data });
}

/**
 * The bytes that every socket of a room must get from the first message on. A room sends one and the same frame to all,
 * so only the socket that is ahead has its bytes parsed, and judged; all others are compared with them, byte by byte.
 * That is exact, and so cheap that hundreds of sockets leave the machine to the service.
 */
export class Transcript {
  readonly deliveries: Delivery[] = [];
  /** The seq of the last message. */
  messages = 0;
  length = 0;
  #bytes = Buffer.allocUnsafe(1024 * 1024);
  #parsed = 0;
  readonly #heard = new Map<number, number>();

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
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) {
      this.#judge(frame);
      this.#parsed = frame.end;
    }
  }

  #next(): Frame | undefined {
    return frameAt(this.#bytes.subarray(0, this.length), this.#parsed);
  }

  #judge({ opcode, payload, end }: Frame): void {
    if (opcode !== TEXT) throw new Error(`A frame of type ${opcode} came.`);
    const frame: { type: string; first: number; messages: { id: string; data: string }[] } = JSON.parse(
      payload.toString(),
    );
    if (frame.type === "presence") return;
    if (frame.type !== "messages") throw new Error(`This came in place of messages: ${payload.toString()}`);
    if (frame.first !== this.messages + 1) throw new Error(`${frame.first} came after ${this.messages}.`);
    const delivery: Delivery = { end, last: this.messages, published: [], by: new Map() };
    for (const { id, data } of frame.messages) {
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
