import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";

/** The latency is measured at every so many readers. */
const SAMPLED_EVERY = 5;
/** How long deliveries may take after the last publish. */
const SETTLE_MS = 30_000;

type Message = { id: string; data: string; seq?: number; offset?: number };

/** A room with readers, the first of which publishes. All must get the same frames, so that only those of the first are parsed. */
export class StreamRoom {
  readonly #url: string;
  readonly #readers: Reader[] = [];
  /** The frames with messages, as the first reader got them, with the ids of their messages. */
  readonly #frames: { text: string; ids: string[] }[] = [];
  readonly #sentAt = new Map<string, number>();
  /** Milliseconds from publish to delivery, of every message at every sampled reader. */
  latencies: number[] = [];
  messages: Message[] = [];
  #error: Error | undefined;

  private constructor(url: string) {
    this.#url = url;
  }

  static async open(url: string, readers: number): Promise<StreamRoom> {
    const room = new StreamRoom(url);
    for (let i = 0; i < readers; i++) {
      const onFrame = (text: string, n: number) => room.#onFrame(i, text, n);
      room.#readers.push(await Reader.open(url, onFrame));
    }
    // The presence of all is known by then.
    await sleep(1500);
    return room;
  }

  /** The frames with messages at each reader. */
  get frames(): number {
    return this.#frames.length;
  }

  publish(frame: { id: string; data: string; op?: string; target?: number }): void {
    this.#sentAt.set(frame.id, performance.now());
    this.#readers[0]?.socket.send(JSON.stringify({ type: "publish", ...frame }));
  }

  /** Waits until every reader has so many messages. @throws Error where a reader got something else */
  async settled(messages: number): Promise<void> {
    const end = performance.now() + SETTLE_MS;
    const isDone = () =>
      this.messages.length >= messages && this.#readers.every(({ frames }) => frames === this.#frames.length);
    while (!isDone()) {
      if (this.#error !== undefined) throw this.#error;
      if (performance.now() > end)
        throw new Error(`Only ${this.messages.length} of ${messages} messages came, or not at all readers.`);
      await sleep(2);
    }
  }

  /** Joins with the newest message of history. @returns the messages, and the bytes of their frames */
  async join(last: number): Promise<{ bytes: number; messages: Message[] }> {
    const messages: Message[] = [];
    let bytes = 0;
    let done: (() => void) | undefined;
    const complete = new Promise<void>((resolve) => {
      done = resolve;
    });
    const reader = await Reader.open(`${this.#url}&history=1`, (text) => {
      const frame: { first: number; last?: number; messages: Message[] } = JSON.parse(text);
      bytes += Buffer.byteLength(text);
      messages.push(...frame.messages);
      if ((frame.last ?? frame.first + frame.messages.length - 1) >= last) done?.();
    });
    await complete;
    reader.socket.terminate();
    return { bytes, messages };
  }

  leave(): void {
    for (const { socket } of this.#readers) socket.terminate();
  }

  #onFrame(reader: number, text: string, n: number): void {
    let known = this.#frames[n];
    if (known === undefined) {
      const { messages }: { messages: Message[] } = JSON.parse(text);
      known = { text, ids: messages.map(({ id }) => id) };
      this.#frames.push(known);
      this.messages.push(...messages);
    }
    if (known.text !== text)
      this.#error = new Error(`Reader ${reader} got another frame ${n} than the first.`);
    if (reader % SAMPLED_EVERY !== 0) return;
    const now = performance.now();
    for (const id of known.ids) this.latencies.push(now - (this.#sentAt.get(id) ?? Number.NaN));
  }
}

class Reader {
  readonly socket: WebSocket;
  /** Frames with messages so far. */
  frames = 0;

  private constructor(url: string, onFrame: (text: string, n: number) => void) {
    this.socket = new WebSocket(url, "dormouse.v1", { perMessageDeflate: false });
    this.socket.on("message", (data: Buffer) => {
      const text = data.toString();
      const mark = /^{"type":"mark","mark":"([^"]+)"/.exec(text)?.[1];
      if (mark !== undefined) this.socket.send(JSON.stringify({ type: "received", seq: 0, mark }));
      if (text.startsWith('{"type":"messages"')) onFrame(text, this.frames++);
    });
  }

  static async open(url: string, onFrame: (text: string, n: number) => void): Promise<Reader> {
    const reader = new Reader(url, onFrame);
    await new Promise((resolve, reject) => {
      reader.socket.once("open", resolve);
      reader.socket.once("error", reject);
    });
    return reader;
  }
}
