import { PING, PONG } from "../protocol/limits.ts";
import type { Up } from "../protocol/up.ts";
import { Frames } from "./frames.ts";
import { Receipts } from "./receipts.ts";

/** Bytes that may wait before the stream says that it is full. It is not refused more: the room sends no more than a window. */
const QUEUE_BYTES = 256 * 1024;

/** How often a slow reader is looked at, milliseconds: it says nothing by itself until it has read all that waits. */
const LOOK_MS = 5000;

/** How long an `EventSource` waits before it comes back: milliseconds, spread so that not all come at once. */
const RETRY_MS = { min: 1000, spread: 2000 } as const;

type Followed = { cursor: string | undefined; history: number; heartbeatMs: number };

/**
 * A room's socket as a stream of events. It is this stateless end that stays awake for a follower: to the room it is one
 * more socket that can hibernate.
 */
export function follow(socket: WebSocket, followed: Followed): ReadableStream<Uint8Array> {
  const follower = new Follower(socket, followed);
  return new ReadableStream<Uint8Array>(
    follower,
    new ByteLengthQueuingStrategy({ highWaterMark: QUEUE_BYTES }),
  );
}

class Follower implements UnderlyingSource<Uint8Array> {
  readonly #socket: WebSocket;
  readonly #frames: Frames;
  readonly #heartbeatMs: number;
  readonly #encoder = new TextEncoder();
  readonly #receipts = new Receipts();
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  /** Whether the room's side was asked if it is there, and has not answered yet. */
  #asked = false;
  #ended = false;

  constructor(socket: WebSocket, { heartbeatMs, ...asked }: Followed) {
    this.#socket = socket;
    this.#frames = new Frames(asked);
    this.#heartbeatMs = heartbeatMs;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const socket = this.#socket;
    const retry = Math.round(RETRY_MS.min + Math.random() * RETRY_MS.spread);
    this.#send(controller, `retry: ${retry}\n\n`);
    this.#timers.push(
      setInterval(() => this.#beat(controller), this.#heartbeatMs),
      setInterval(() => this.pull(controller), LOOK_MS),
    );
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.#take(controller, data));
    socket.addEventListener("close", () => this.#end(controller));
    socket.addEventListener("error", () => this.#end(controller));
    socket.accept();
  }

  /** What the reader has read, or nearly, is acknowledged to the room, which then sends more. */
  pull(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const seq = this.#receipts.due(QUEUE_BYTES - (controller.desiredSize ?? 0));
    if (seq === undefined || this.#ended) return;
    const received: Up = { type: "received", seq };
    this.#socket.send(JSON.stringify(received));
  }

  /** Whoever read the stream has gone. */
  cancel(): void {
    this.#stop();
  }

  #take(controller: ReadableStreamDefaultController<Uint8Array>, frame: string | ArrayBuffer): void {
    if (this.#ended) return;
    if (frame === PONG) {
      this.#asked = false;
      return;
    }
    const events = this.#encoder.encode(this.#frames.events(frame));
    this.#receipts.ackBytes = this.#frames.ackBytes;
    const size = typeof frame === "string" ? frame.length : frame.byteLength;
    this.#receipts.add(this.#frames.seq, size, events.length);
    if (events.length > 0) controller.enqueue(events);
    // What makes no events, signals and presence, is read by being here.
    else this.pull(controller);
  }

  /** A dead client is found by writing to it, and a dead room by asking, which does not wake one that sleeps. */
  #beat(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#asked) {
      this.#end(controller);
      return;
    }
    this.#asked = true;
    this.#socket.send(PING);
    this.#send(controller, ": ping\n\n");
  }

  #send(controller: ReadableStreamDefaultController<Uint8Array>, text: string): void {
    controller.enqueue(this.#encoder.encode(text));
  }

  #end(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#ended) return;
    this.#stop();
    controller.close();
  }

  #stop(): void {
    this.#ended = true;
    for (const timer of this.#timers) clearInterval(timer);
    try {
      this.#socket.close(1000);
    } catch {
      // It is closed already.
    }
  }
}
