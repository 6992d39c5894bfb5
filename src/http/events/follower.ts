import { PING, PONG } from "../../protocol/limits.ts";
import type { Up } from "../../protocol/up.ts";
import type { Peer } from "../../rpc/connection.ts";
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
  const strategy = new ByteLengthQueuingStrategy({ highWaterMark: QUEUE_BYTES });
  const stream = new ReadableStream<Uint8Array>(follower, strategy);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => follower.receive(data));
  socket.addEventListener("close", () => follower.end());
  socket.addEventListener("error", () => follower.end());
  socket.accept();
  return stream;
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

class Follower implements UnderlyingSource<Uint8Array> {
  readonly #room: Peer;
  readonly #events: EventWriter;
  readonly #heartbeatMs: number;
  readonly #encoder = new TextEncoder();
  #controller: Controller | undefined;
  /** Bytes written to the stream. */
  #written = 0;
  /** The mark to return once the reader has read everything up to `at` bytes. */
  #mark: { text: string; at: number } | undefined;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  /** Whether a ping to the room has no answer yet. */
  #awaitsPong = false;
  #ended = false;

  constructor(room: Peer, { heartbeatMs, ...start }: FollowOptions) {
    this.#room = room;
    this.#events = new EventWriter(start);
    this.#heartbeatMs = heartbeatMs;
  }

  start(controller: Controller): void {
    followerStarted();
    this.#controller = controller;
    const retry = Math.round(RETRY_MS.min + Math.random() * RETRY_MS.spread);
    this.#write(`retry: ${retry}\n\n`);
    this.#timers.push(
      setInterval(() => this.#heartbeat(), this.#heartbeatMs),
      setInterval(() => this.pull(), PROGRESS_CHECK_MS),
    );
  }

  /** Returns the mark once the reader has read everything before it. The room then sends more. */
  pull(): void {
    const mark = this.#mark;
    if (mark === undefined || this.#ended || this.#written - this.#queued < mark.at) return;
    this.#mark = undefined;
    const received: Up = { type: "received", seq: this.#events.seq, mark: mark.text };
    this.#room.send(JSON.stringify(received));
  }

  /** Runs when the reader goes away. */
  cancel(): void {
    this.#stop();
  }

  /** A frame of the room. */
  receive(frame: string | ArrayBuffer): void {
    if (this.#ended) return;
    if (frame === PONG) {
      this.#awaitsPong = false;
      return;
    }
    const { events, mark } = this.#events.encode(frame);
    if (events !== "") this.#write(events);
    if (mark === undefined) return;
    this.#mark = { text: mark, at: this.#written };
    this.pull();
  }

  /** Ends the stream, because the room ended the connection. */
  end(): void {
    if (this.#ended) return;
    this.#stop();
    this.#controller?.close();
  }

  /** Bytes that the reader has not taken yet. */
  get #queued(): number {
    return QUEUE_BYTES - (this.#controller?.desiredSize ?? 0);
  }

  /** A write finds a dead reader, and a ping finds a dead room. A ping does not wake a room that hibernates. */
  #heartbeat(): void {
    if (this.#awaitsPong) {
      this.end();
      return;
    }
    this.#awaitsPong = true;
    this.#room.send(PING);
    // Queued events find a dead reader as well as a comment would.
    if (this.#queued === 0) this.#write(": ping\n\n");
  }

  #write(text: string): void {
    const bytes = this.#encoder.encode(text);
    this.#written += bytes.length;
    this.#controller?.enqueue(bytes);
  }

  #stop(): void {
    if (!this.#ended) followerEnded();
    this.#ended = true;
    for (const timer of this.#timers) clearInterval(timer);
    try {
      this.#room.close(1000);
    } catch {
      // The connection has ended already.
    }
  }
}
