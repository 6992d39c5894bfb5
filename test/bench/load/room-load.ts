import { type LoadRoom, LoadSocket } from "./load-socket.ts";
import type { Protocol } from "./protocol.ts";
import { type Delivery, idOf, stamped, Transcript } from "./transcript.ts";

const OPEN_AT_ONCE = 50;
const PAYLOAD_BYTES = 64;
/** The default number of sockets whose latencies are recorded. */
const SAMPLES = 20;
/** How long deliveries may take after the last publish. */
const SETTLE_MS = 30_000;

/** `publishers`: how many of the sockets publish. `samples`: of how many the latency is recorded. */
type LoadOptions = {
  protocol: Protocol;
  room: string;
  sockets: number;
  publishers: number;
  samples?: number;
};

/** The sockets of one room. Some of them publish. */
export class RoomLoad implements LoadRoom {
  readonly protocol: Protocol;
  readonly transcript: Transcript;
  /** Milliseconds from publish to delivery, of every message at every sampled socket. */
  latencies: number[] = [];
  published = 0;
  /** The time of the last delivery, by `performance.now()`. */
  lastAt = 0;
  readonly #sockets: LoadSocket[] = [];
  #publishers: { socket: LoadSocket; sent: number; back: number }[] = [];
  #publisherOf = new Map<LoadSocket, number>();
  #samples: ReadonlySet<LoadSocket> = new Set();
  #depth = 0;
  #error: Error | undefined;
  readonly #failure: Promise<never>;
  #fail: (error: Error) => void = () => {};

  private constructor(protocol: Protocol) {
    this.protocol = protocol;
    this.transcript = new Transcript(protocol);
    this.#failure = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#failure.catch(() => {});
  }

  static async open(options: LoadOptions): Promise<RoomLoad> {
    const { protocol, room, sockets, publishers, samples = SAMPLES } = options;
    const load = new RoomLoad(protocol);
    const url = new URL(room);
    for (let open = 0; open < sockets; open += OPEN_AT_ONCE) {
      const wave = Array.from({ length: Math.min(OPEN_AT_ONCE, sockets - open) }, () =>
        LoadSocket.open(url, load),
      );
      load.#sockets.push(...(await load.#orFailure(Promise.all(wave))));
    }
    await new Promise((resolve) => setTimeout(resolve, protocol.settleMs ?? 0));
    load.#publishers = load.#spread(publishers).map((socket) => ({ socket, sent: 0, back: 0 }));
    load.#publisherOf = new Map(load.#publishers.map(({ socket }, i) => [socket, i]));
    load.#samples = new Set(load.#spread(Math.min(samples, sockets)));
    return load;
  }

  get size(): number {
    return this.#sockets.length;
  }

  /** Messages delivered to all sockets together. */
  get received(): number {
    const { deliveries } = this.transcript;
    return this.#sockets.reduce((sum, { got }) => sum + (deliveries[got - 1]?.last ?? 0), 0);
  }

  /** Answers to marks per hundred delivered frames. */
  get ackPercent(): number {
    const sum = (of: (socket: LoadSocket) => number) =>
      this.#sockets.reduce((total, each) => total + of(each), 0);
    return (100 * sum(({ answers }) => answers)) / sum(({ got }) => got);
  }

  /** Publishes at a rate per second. The publishers take turns. */
  async publishAt(rate: number, seconds: number): Promise<void> {
    const start = performance.now();
    for (let sent = 0; sent < rate * seconds; ) {
      const due = Math.min(rate * seconds, Math.floor(((performance.now() - start) * rate) / 1000));
      for (; sent < due; sent++) this.#publish(sent % this.#publishers.length);
      await this.#orFailure(new Promise((resolve) => setTimeout(resolve, 1)));
    }
  }

  /** Keeps this many messages of each publisher in flight. 0 stops publishing. */
  setDepth(depth: number): void {
    this.#depth = depth;
    this.#publishers.forEach((_, i) => void this.#refill(i));
  }

  /** @throws the error of the load, if it failed */
  check(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  /** Publishes one message. */
  publishOne(): void {
    this.#publish(0);
  }

  /** Resolves when every socket has all messages. */
  async settled(): Promise<void> {
    const end = performance.now() + SETTLE_MS;
    const { transcript } = this;
    const isDone = () =>
      transcript.messages === this.published && this.#sockets.every(({ at }) => at === transcript.length);
    while (!isDone()) {
      if (performance.now() > end) {
        const behind = this.#sockets.filter(({ at }) => at < transcript.length).length;
        throw new Error(
          `${transcript.messages} of ${this.published} messages arrived, and ${behind} sockets did not get them all.`,
        );
      }
      await this.#orFailure(new Promise((resolve) => setTimeout(resolve, 1)));
    }
  }

  leave(): void {
    for (const socket of this.#sockets) socket.end();
  }

  delivered(socket: LoadSocket, { published, by }: Delivery): void {
    const now = performance.now();
    this.lastAt = now;
    if (this.#samples.has(socket)) for (const then of published) this.latencies.push(now - then);
    const i = this.#publisherOf.get(socket);
    const publisher = i === undefined ? undefined : this.#publishers[i];
    if (i === undefined || publisher === undefined) return;
    publisher.back += by.get(i) ?? 0;
    this.#refill(i);
  }

  fail(error: Error): void {
    this.#error ??= error;
    this.#fail(error);
  }

  #refill(i: number): void {
    const publisher = this.#publishers[i];
    while (publisher !== undefined && publisher.sent - publisher.back < this.#depth) this.#publish(i);
  }

  #publish(i: number): void {
    const publisher = this.#publishers[i];
    if (publisher === undefined) return;
    publisher.sent++;
    this.published++;
    publisher.socket.send(this.protocol.publish(idOf(i, publisher.sent), stamped(PAYLOAD_BYTES)));
  }

  #spread(count: number): LoadSocket[] {
    const step = this.#sockets.length / count;
    return this.#sockets.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  }

  #orFailure<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#failure]);
  }
}
