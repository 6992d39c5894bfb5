import { PING, PONG } from "../../protocol/limits.ts";
import type { Up } from "../../protocol/up.ts";
import { EventWriter } from "./event-writer.ts";

/** What all followers of this isolate together may have unread, and the bounds of what one of them may: bytes of frames. */
const ISOLATE_BYTES = 32 * 1024 * 1024;
const WINDOW_BYTES = { least: 32 * 1024, most: 512 * 1024 } as const;

/** Bytes that may wait before the stream says that it is full. It is not refused more: the room sends no more than a window. */
const QUEUE_BYTES = WINDOW_BYTES.most;

let followers = 0;

/** What the room may send a follower that comes in now before it has read: the fewer followers are here, the more. */
export function followerWindow(): number {
  const share = Math.floor(ISOLATE_BYTES / (followers + 1));
  return Math.min(WINDOW_BYTES.most, Math.max(WINDOW_BYTES.least, share));
}

/** How often a slow reader is looked at, milliseconds: it says nothing by itself until it has read all that waits. */
const LOOK_MS = 5000;

/** How long an `EventSource` waits before it comes back: milliseconds, spread so that not all come at once. */
const RETRY_MS = { min: 1000, spread: 2000 } as const;

type Followed = { cursor: string | undefined; history: number; heartbeatMs: number };

/**
 * A room's socket as a stream of events. It is this stateless end that stays awake for a follower: to the room it is one
 * more socket that can hibernate.
 */
export function followStream(socket: WebSocket, followed: Followed): ReadableStream<Uint8Array> {
  const follower = new Follower(socket, followed);
  return new ReadableStream<Uint8Array>(
    follower,
    new ByteLengthQueuingStrategy({ highWaterMark: QUEUE_BYTES }),
  );
}

class Follower implements UnderlyingSource<Uint8Array> {
  readonly #socket: WebSocket;
  readonly #frames: EventWriter;
  readonly #heartbeatMs: number;
  readonly #encoder = new TextEncoder();
  /** Bytes of events that were handed to the stream. */
  #written = 0;
  /** A mark that came, and how much had been written by then. It is returned once the reader has all of that. */
  #mark: { text: string; at: number } | undefined;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  /** Whether the room's side was asked if it is there, and has not answered yet. */
  #asked = false;
  #ended = false;

  constructor(socket: WebSocket, { heartbeatMs, ...asked }: Followed) {
    this.#socket = socket;
    this.#frames = new EventWriter(asked);
    this.#heartbeatMs = heartbeatMs;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    followers++;
    const socket = this.#socket;
    const retry = Math.round(RETRY_MS.min + Math.random() * RETRY_MS.spread);
    this.#write(controller, `retry: ${retry}\n\n`);
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

  /** Returns a mark once the reader has read everything before it; the room then sends more. */
  pull(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const mark = this.#mark;
    const read = this.#written - this.#waiting(controller);
    if (mark === undefined || this.#ended || read < mark.at) return;
    this.#mark = undefined;
    const received: Up = { type: "received", seq: this.#frames.seq, mark: mark.text };
    this.#socket.send(JSON.stringify(received));
  }

  #waiting({ desiredSize }: ReadableStreamDefaultController<Uint8Array>): number {
    return QUEUE_BYTES - (desiredSize ?? 0);
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
    const { events, mark } = this.#frames.read(frame);
    if (events !== "") this.#write(controller, events);
    if (mark === undefined) return;
    this.#mark = { text: mark, at: this.#written };
    this.pull(controller);
  }

  /** A dead client is found by writing to it, and a dead room by asking, which does not wake one that sleeps. */
  #beat(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#asked) {
      this.#end(controller);
      return;
    }
    this.#asked = true;
    this.#socket.send(PING);
    // A reader with something to read needs no more of it.
    if (this.#waiting(controller) === 0) this.#write(controller, ": ping\n\n");
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
    if (!this.#ended) followers--;
    this.#ended = true;
    for (const timer of this.#timers) clearInterval(timer);
    try {
      this.#socket.close(1000);
    } catch {
      // It is closed already.
    }
  }
}
