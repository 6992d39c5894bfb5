import { PING, PONG } from "../../protocol/limits.ts";
import type { Up } from "../../protocol/up.ts";
import { EventWriter } from "./event-writer.ts";
import { followerEnded, followerStarted, WINDOW_BYTES } from "./unread-window.ts";

/** The high-water mark of the stream, in bytes. It never overflows, because the room sends at most one window ahead. */
const QUEUE_BYTES = WINDOW_BYTES.max;

/** How often the stream is checked for progress, in milliseconds: `pull` runs only when the queue is empty. */
const PROGRESS_CHECK_MS = 5000;

/** How long an `EventSource` waits before it reconnects, in milliseconds. The spread keeps followers from returning all at once. */
const RETRY_MS = { min: 1000, spread: 2000 } as const;

type FollowOptions = { cursor: string | undefined; history: number; heartbeatMs: number };

/**
 * Turns a room's socket into a stream of events. Only this Worker stays awake for a follower: for the room, the socket is one that can
 * hibernate, like any other.
 */
export function followStream(socket: WebSocket, options: FollowOptions): ReadableStream<Uint8Array> {
  const follower = new Follower(socket, options);
  return new ReadableStream<Uint8Array>(
    follower,
    new ByteLengthQueuingStrategy({ highWaterMark: QUEUE_BYTES }),
  );
}

class Follower implements UnderlyingSource<Uint8Array> {
  readonly #socket: WebSocket;
  readonly #events: EventWriter;
  readonly #heartbeatMs: number;
  readonly #encoder = new TextEncoder();
  /** Bytes written to the stream. */
  #written = 0;
  /** The mark to return once the reader has read everything up to `at` bytes. */
  #mark: { text: string; at: number } | undefined;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  /** Whether a ping to the room has no answer yet. */
  #awaitsPong = false;
  #ended = false;

  constructor(socket: WebSocket, { heartbeatMs, ...start }: FollowOptions) {
    this.#socket = socket;
    this.#events = new EventWriter(start);
    this.#heartbeatMs = heartbeatMs;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    followerStarted();
    const socket = this.#socket;
    const retry = Math.round(RETRY_MS.min + Math.random() * RETRY_MS.spread);
    this.#write(controller, `retry: ${retry}\n\n`);
    this.#timers.push(
      setInterval(() => this.#heartbeat(controller), this.#heartbeatMs),
      setInterval(() => this.pull(controller), PROGRESS_CHECK_MS),
    );
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => this.#receive(controller, data));
    socket.addEventListener("close", () => this.#end(controller));
    socket.addEventListener("error", () => this.#end(controller));
    socket.accept();
  }

  /** Returns the mark once the reader has read everything before it. The room then sends more. */
  pull(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const mark = this.#mark;
    const read = this.#written - this.#queued(controller);
    if (mark === undefined || this.#ended || read < mark.at) return;
    this.#mark = undefined;
    const received: Up = { type: "received", seq: this.#events.seq, mark: mark.text };
    this.#socket.send(JSON.stringify(received));
  }

  /** Runs when the reader goes away. */
  cancel(): void {
    this.#stop();
  }

  #queued({ desiredSize }: ReadableStreamDefaultController<Uint8Array>): number {
    return QUEUE_BYTES - (desiredSize ?? 0);
  }

  #receive(controller: ReadableStreamDefaultController<Uint8Array>, frame: string | ArrayBuffer): void {
    if (this.#ended) return;
    if (frame === PONG) {
      this.#awaitsPong = false;
      return;
    }
    const { events, mark } = this.#events.encode(frame);
    if (events !== "") this.#write(controller, events);
    if (mark === undefined) return;
    this.#mark = { text: mark, at: this.#written };
    this.pull(controller);
  }

  /** A write finds a dead reader, and a ping finds a dead room. A ping does not wake a room that hibernates. */
  #heartbeat(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#awaitsPong) {
      this.#end(controller);
      return;
    }
    this.#awaitsPong = true;
    this.#socket.send(PING);
    // Queued events find a dead reader as well as a comment would.
    if (this.#queued(controller) === 0) this.#write(controller, ": ping\n\n");
  }

  #write(controller: ReadableStreamDefaultController<Uint8Array>, text: string): void {
    const bytes = this.#encoder.encode(text);
    this.#written += bytes.length;
    controller.enqueue(bytes);
  }

  #end(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#ended) return;
    this.#stop();
    controller.close();
  }

  #stop(): void {
    if (!this.#ended) followerEnded();
    this.#ended = true;
    for (const timer of this.#timers) clearInterval(timer);
    try {
      this.#socket.close(1000);
    } catch {
      // The socket is already closed.
    }
  }
}
