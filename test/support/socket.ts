import { once } from "node:events";
import * as v from "valibot";
import WebSocket from "ws";
import { type PresenceChange, presenceChangeSchema } from "../../src/protocol/down.ts";
import { Queue, WAIT_MS } from "./queue.ts";

/** An arrival at a test's socket: text, bytes, or its close. */
export type Arrived = { text: string } | { bytes: Buffer } | { closed: number; reason: string };

/** A WebSocket that queues all arrivals, for a test to take one by one. */
export class TestSocket {
  readonly ws: WebSocket;
  readonly #queue = new Queue<Arrived>();
  /** Presence changes. They arrive at any time, so the queue leaves them out. */
  readonly presence: PresenceChange[] = [];

  constructor(url: string, protocols?: string | string[], headers: Record<string, string> = {}) {
    this.ws = new WebSocket(url, protocols ?? [], { perMessageDeflate: false, headers });
    this.ws.on("message", (data: Buffer, isBinary) => {
      this.#arrive(isBinary ? { bytes: Buffer.from(data) } : { text: data.toString() });
    });
    this.ws.on("close", (closed, reason) => this.#arrive({ closed, reason: reason.toString() }));
    this.ws.on("error", () => {});
  }

  /** Opens a socket. Throws if the upgrade is refused. */
  static async open(
    url: string,
    protocols?: string | string[],
    headers?: Record<string, string>,
  ): Promise<TestSocket> {
    const socket = new TestSocket(url, protocols, headers);
    await once(socket.ws, "open");
    return socket;
  }

  /** All arrivals, those taken included. */
  get seen(): readonly Arrived[] {
    return this.#queue.all;
  }

  send(frame: string | object): void {
    this.ws.send(typeof frame === "string" || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** The next arrival, in order. Throws after `ms`. */
  next(ms = WAIT_MS): Promise<Arrived> {
    return this.#queue.next(ms);
  }

  /** The next arrival, which must be JSON text, parsed. */
  async json(ms?: number): Promise<Record<string, unknown> & { type: string }> {
    const arrived = await this.next(ms);
    if (!("text" in arrived)) throw new Error(`Expected text, not ${JSON.stringify(arrived)}`);
    return JSON.parse(arrived.text);
  }

  /** Takes arrivals until one is a frame of this type. */
  async until(type: string, ms?: number): Promise<Record<string, unknown> & { type: string }> {
    for (;;) {
      const arrived = await this.next(ms);
      if ("closed" in arrived) throw new Error(`Closed with ${arrived.closed} before a ${type} came.`);
      if ("text" in arrived && arrived.text.startsWith("{")) {
        const frame = JSON.parse(arrived.text);
        if (frame.type === type) return frame;
      }
    }
  }

  /** Takes arrivals until the socket is closed. */
  async closed(ms?: number): Promise<{ closed: number; reason: string }> {
    for (;;) {
      const arrived = await this.next(ms);
      if ("closed" in arrived) return arrived;
    }
  }

  #arrive(arrived: Arrived): void {
    if ("text" in arrived && arrived.text.startsWith('{"type":"presence"')) {
      this.presence.push(v.parse(presenceChangeSchema, JSON.parse(arrived.text)));
      return;
    }
    this.#queue.push(arrived);
  }
}

/** Polls until `check` is true. Throws after `ms`. */
export async function eventually(check: () => boolean | Promise<boolean>, ms = WAIT_MS): Promise<void> {
  const end = Date.now() + ms;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`Not true after ${ms} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
