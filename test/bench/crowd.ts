import type { Dialect } from "./dialect.ts";
import { type Company, Listener } from "./listener.ts";
import { type Delivery, idOf, stamped, Transcript } from "./transcript.ts";

const OPEN_AT_ONCE = 50;
const PAYLOAD_BYTES = 64;
/** Listeners, spread over the room, whose latencies are kept, unless another number is wanted. */
const SAMPLES = 20;
/** Milliseconds within which all must have arrived after the last publish. */
const PATIENCE = 30_000;

/** Where a room is, how to talk to it, and how many come; the publishers are some of the sockets. */
type Gathering = { dialect: Dialect; room: string; sockets: number; publishers: number; samples?: number };

/** The sockets of one room; some of them publish too. */
export class Crowd implements Company {
  readonly dialect: Dialect;
  readonly transcript: Transcript;
  /** Milliseconds from publish to delivery, of every message at every sample. */
  latencies: number[] = [];
  published = 0;
  /** When a socket last got something, by `performance.now()`. */
  lastAt = 0;
  readonly #listeners: Listener[] = [];
  #publishers: { listener: Listener; sent: number; back: number }[] = [];
  #publisherOf = new Map<Listener, number>();
  #samples: ReadonlySet<Listener> = new Set();
  #depth = 0;
  #error: Error | undefined;
  readonly #failure: Promise<never>;
  #fail: (error: Error) => void = () => {};

  private constructor(dialect: Dialect) {
    this.dialect = dialect;
    this.transcript = new Transcript(dialect);
    this.#failure = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#failure.catch(() => {});
  }

  static async gather(gathering: Gathering): Promise<Crowd> {
    const { dialect, room, sockets, publishers, samples = SAMPLES } = gathering;
    const crowd = new Crowd(dialect);
    const url = new URL(room);
    for (let open = 0; open < sockets; open += OPEN_AT_ONCE) {
      const wave = Array.from({ length: Math.min(OPEN_AT_ONCE, sockets - open) }, () =>
        Listener.open(url, crowd),
      );
      crowd.#listeners.push(...(await crowd.#orFailure(Promise.all(wave))));
    }
    await new Promise((resolve) => setTimeout(resolve, dialect.settleMs ?? 0));
    crowd.#publishers = crowd.#spread(publishers).map((listener) => ({ listener, sent: 0, back: 0 }));
    crowd.#publisherOf = new Map(crowd.#publishers.map(({ listener }, i) => [listener, i]));
    crowd.#samples = new Set(crowd.#spread(Math.min(samples, sockets)));
    return crowd;
  }

  get size(): number {
    return this.#listeners.length;
  }

  /** Messages that have come, at all sockets together. */
  get received(): number {
    const { deliveries } = this.transcript;
    return this.#listeners.reduce((sum, { got }) => sum + (deliveries[got - 1]?.last ?? 0), 0);
  }

  /** Answers to marks, for each hundred frames that came. */
  get ackPercent(): number {
    const sum = (of: (listener: Listener) => number) =>
      this.#listeners.reduce((total, each) => total + of(each), 0);
    return (100 * sum(({ answers }) => answers)) / sum(({ got }) => got);
  }

  /** Publishes so many messages a second, by turns, at the time when each is due. */
  async publishAt(rate: number, seconds: number): Promise<void> {
    const start = performance.now();
    for (let sent = 0; sent < rate * seconds; ) {
      const due = Math.min(rate * seconds, Math.floor(((performance.now() - start) * rate) / 1000));
      for (; sent < due; sent++) this.#publish(sent % this.#publishers.length);
      await this.#orFailure(new Promise((resolve) => setTimeout(resolve, 1)));
    }
  }

  /** Keeps so many messages of each publisher on their way from now on: as fast as the room takes them. */
  keepAhead(depth: number): void {
    this.#depth = depth;
    this.#publishers.forEach((_, i) => void this.#refill(i));
  }

  /** @throws where the load has gone wrong */
  check(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  /** Publishes one message. */
  publishOne(): void {
    this.#publish(0);
  }

  /** Resolves once every socket has all messages. */
  async settled(): Promise<void> {
    const end = performance.now() + PATIENCE;
    const { transcript } = this;
    const isDone = () =>
      transcript.messages === this.published && this.#listeners.every(({ at }) => at === transcript.length);
    while (!isDone()) {
      if (performance.now() > end) {
        const behind = this.#listeners.filter(({ at }) => at < transcript.length).length;
        throw new Error(
          `${transcript.messages} of ${this.published} came; ${behind} sockets did not get all.`,
        );
      }
      await this.#orFailure(new Promise((resolve) => setTimeout(resolve, 1)));
    }
  }

  leave(): void {
    for (const listener of this.#listeners) listener.end();
  }

  delivered(listener: Listener, { published, by }: Delivery): void {
    const now = performance.now();
    this.lastAt = now;
    if (this.#samples.has(listener)) for (const then of published) this.latencies.push(now - then);
    const i = this.#publisherOf.get(listener);
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
    publisher.listener.send(this.dialect.publish(idOf(i, publisher.sent), stamped(PAYLOAD_BYTES)));
  }

  #spread(count: number): Listener[] {
    const step = this.#listeners.length / count;
    return this.#listeners.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  }

  #orFailure<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#failure]);
  }
}
