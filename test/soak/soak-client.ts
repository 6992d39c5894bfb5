import { once } from "node:events";
import WebSocket from "ws";

/** The results of all clients of a soak. */
export type Tally = {
  /** Milliseconds from publish to each live delivery, since they were read last. */
  latencies: number[];
  deliveries: number;
  joins: number;
  /** Sentences about what must not happen. */
  faults: string[];
};

type Welcome = { type: "welcome"; epoch: string; seq: number; resumed: boolean; heartbeat: number };
type Messages = { type: "messages"; first: number; messages: { data: string }[] };
type Down = Welcome | Messages | { type: "mark"; mark: string } | { type: "presence" | "ack" };

const WELCOME_MS = 30_000;

/** A client as the client library is one: it pings, returns marks, and resumes. It checks that it misses no message. */
export class SoakClient {
  /** The seq of its last message. */
  last = 0;
  readonly #url: string;
  readonly #tally: Tally;
  readonly #key: string;
  #epoch: string | undefined;
  #liveFrom = 0;
  #socket: WebSocket | undefined;
  #heartbeat: NodeJS.Timeout | undefined;

  /** @param key the guest key, which makes it the same member after each join */
  constructor(url: string, key: string, tally: Tally) {
    this.#url = url;
    this.#key = key;
    this.#tally = tally;
  }

  /** Joins, after the first time with a cursor. */
  async join(): Promise<void> {
    const cursor = this.#epoch === undefined ? "" : `&cursor=${this.#epoch}.${this.last}`;
    const protocols = ["dormouse.v1", `bearer.${this.#key}`];
    const socket = new WebSocket(`${this.#url}?features=marks${cursor}`, protocols, {
      perMessageDeflate: false,
    });
    this.#socket = socket;
    socket.on("error", (error) => this.#tally.faults.push(`A socket failed: ${error.message}`));
    socket.on("close", (code) => {
      clearInterval(this.#heartbeat);
      if (this.#socket === socket) this.#tally.faults.push(`A socket was closed with ${code}.`);
    });
    const welcomed = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("A socket got no welcome.")), WELCOME_MS);
      socket.on("message", (data: Buffer) => {
        const text = data.toString();
        // A client that has left takes nothing more from its socket, which may still be closing.
        if (text === "pong" || this.#socket !== socket) return;
        const frame: Down = JSON.parse(text);
        if (frame.type === "welcome") {
          this.#onWelcome(frame, socket);
          clearTimeout(timer);
          resolve();
        } else if (frame.type === "messages") this.#onMessages(frame);
        else if (frame.type === "mark") this.#send({ type: "received", seq: this.last, mark: frame.mark });
        else if (frame.type !== "presence") this.#tally.faults.push(`A socket got ${text}`);
      });
    });
    await once(socket, "open");
    await welcomed;
    this.#tally.joins++;
  }

  publish(id: string, bytes: number): void {
    this.#send({ type: "publish", id, data: `${performance.now()} `.padEnd(bytes, "x") });
  }

  /** @param isClean whether it says goodbye, or the connection breaks */
  leave(isClean: boolean): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (isClean) socket?.close(1000);
    else socket?.terminate();
  }

  #onWelcome({ epoch, seq, resumed, heartbeat }: Welcome, socket: WebSocket): void {
    if (this.#epoch === undefined) this.last = seq;
    else if (!resumed) this.#tally.faults.push(`A cursor was refused after seq ${this.last}.`);
    this.#epoch = epoch;
    this.#liveFrom = seq;
    socket.send("ping");
    this.#heartbeat = setInterval(() => socket.send("ping"), heartbeat * 1000);
  }

  #onMessages({ first, messages }: Messages): void {
    if (first !== this.last + 1) this.#tally.faults.push(`Seq ${first} followed ${this.last}.`);
    this.last = first + messages.length - 1;
    this.#tally.deliveries += messages.length;
    // A message that a resume replays waited for the client, not for the service.
    if (first <= this.#liveFrom) return;
    const now = performance.now();
    for (const { data } of messages) this.#tally.latencies.push(now - Number.parseFloat(data));
  }

  #send(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }
}
