import { once } from "node:events";
import WebSocket from "ws";

/** A message of a log, as far as these tests compare it. */
export type Logged = { seq: number; id: string; data: unknown };

/** Settings for tests that write as fast as it goes, and read it all back. */
export const UNLIMITED = {
  PUBLISH_RATE: "0",
  READ_RATE: "0",
  HISTORY_MESSAGES: "10000000",
  DEDUPE_MESSAGES: "100",
};

/** Unacknowledged messages at any time. */
const IN_FLIGHT = 20;

/** Publishes into a room as fast as its messages return, and keeps what it received. */
export class Writer {
  readonly seen: Logged[] = [];
  /** Errors of the room. */
  readonly faults: string[] = [];
  /** Resolves when the connection has ended. */
  readonly ended: Promise<unknown>;
  readonly #socket: WebSocket;
  readonly #name: string;
  #sent = 0;
  #isStopped = false;
  #waiting: { count: number; reached: () => void }[] = [];

  private constructor(socket: WebSocket, name: string) {
    this.#socket = socket;
    this.#name = name;
    this.ended = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => {});
    socket.on("message", (frame) => this.#take(JSON.parse(String(frame))));
  }

  /** @param name opens the ids of its messages */
  static async start(room: string, name: string): Promise<Writer> {
    const socket = new WebSocket(room, ["dormouse.v1"], { perMessageDeflate: false });
    const writer = new Writer(socket, name);
    await once(socket, "open");
    for (let i = 0; i < IN_FLIGHT; i++) writer.#publish();
    return writer;
  }

  /** Resolves once it has received this many messages. Rejects where the connection ends before. */
  hasSeen(count: number): Promise<void> {
    const reached = new Promise<void>((resolve) => {
      if (this.seen.length >= count) resolve();
      else this.#waiting.push({ count, reached: resolve });
    });
    const lost = this.ended.then(() => {
      throw new Error(`The connection of ${this.#name} ended: ${this.faults}`);
    });
    return Promise.race([reached, lost]);
  }

  stop(): void {
    this.#isStopped = true;
    this.#socket.terminate();
  }

  #take(frame: { type: string; first: number; messages: { id: string; data: unknown }[] }): void {
    if (frame.type === "error" || frame.type === "bye") this.faults.push(JSON.stringify(frame));
    if (frame.type !== "messages") return;
    frame.messages.forEach(({ id, data }, i) => {
      this.seen.push({ seq: frame.first + i, id, data });
      if (id.startsWith(`${this.#name}-`)) this.#publish();
    });
    this.#waiting = this.#waiting.filter(({ count, reached }) => {
      if (this.seen.length >= count) reached();
      return this.seen.length < count;
    });
  }

  #publish(): void {
    if (this.#isStopped) return;
    const id = `${this.#name}-${++this.#sent}`;
    this.#socket.send(
      JSON.stringify({ type: "publish", id, data: `${id} ${"x".repeat(this.#sent % 500)}` }),
      () => {},
    );
  }
}

/** The whole log of a room, oldest message first. */
export async function readLog(url: string, room: string): Promise<{ epoch: string; log: Logged[] }> {
  const log: Logged[] = [];
  for (;;) {
    const response = await fetch(`${url}/v1/rooms/${room}/messages?limit=1000&after=${log.at(-1)?.seq ?? 0}`);
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    const page = (await response.json()) as { epoch: string; messages: Logged[]; more: boolean };
    for (const { seq, id, data } of page.messages) log.push({ seq, id, data });
    if (!page.more || page.messages.length === 0) return { epoch: page.epoch, log };
  }
}
