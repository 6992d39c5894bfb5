import { encodeBinary } from "../protocol/binary.ts";
import type { Limits } from "../protocol/down.ts";
import { type Connection, type Frame, sizeOf } from "./connection.ts";
import { RoomError } from "./error.ts";
import { stopTimer, type Timer } from "./surroundings.ts";
import { costOf, TokenBucket } from "./token-bucket.ts";

/** What `publish()` resolves with, once the message is on disk. */
export type Published = { id: string; seq: number };

/** A publish that got no answer for so long over a live connection is sent again: the room may have lost it in a crash. */
const ANSWER_MS = 15_000;

/** When to try again where the room could not store it, and did not say: milliseconds. */
const UNAVAILABLE_MS = 1000;

/** Bytes, or characters, which may be three bytes each: far above what a service takes, and below what a runtime closes for. */
const MOST_SIZE = 10 * 1024 * 1024;

/** Nothing more is put into the socket while so many bytes wait there, and how often that is looked at: milliseconds. */
const BUFFER_BYTES = 64 * 1024;
const BUFFER_LOOK_MS = 50;

type Entry = {
  frame: Frame;
  /** When it was sent over this connection, as of `Date.now()`; 0 while it waits. */
  sentAt: number;
  published: () => Promise<Published>;
  resolve: (published: Published) => void;
  reject: (error: RoomError) => void;
};

type Socket = Pick<Connection, "send" | "buffered" | "lag">;

/**
 * Publishes that are not settled yet: a queue, first in, first out. It sends no faster than the service allows, and each frame
 * once a connection. An entry keeps its id, so that it can be sent again without landing twice; one that is put off holds back
 * what comes after it.
 */
export class Outbox {
  readonly #entries = new Map<string, Entry>();
  readonly #most: { count: number; bytes: number };
  readonly #bucket: TokenBucket;
  #bytes = 0;
  #socket: Socket | undefined;
  /** After a reconnect the first entry goes alone: its answer shows whether the service still holds an earlier debt against us. */
  #isProbing = false;
  #holdUntil = 0;
  #timer: Timer | undefined;

  /** @param most how many may be unsettled at a time, and how many bytes, or characters, they may be together */
  constructor(most: { count: number; bytes: number }, bucket = new TokenBucket()) {
    this.#most = most;
    this.#bucket = bucket;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** @throws RoomError `queue_full`, `too_big`; TypeError where the data is no JSON */
  add(id: string, data: unknown): Promise<Published> {
    const known = this.#entries.get(id);
    if (known) return known.published();
    const frame = frameOf(id, data);
    const size = sizeOf(frame);
    if (size > MOST_SIZE) throw new RoomError("too_big", "The message is too big.");
    if (this.size >= this.#most.count || (this.size > 0 && this.#bytes + size > this.#most.bytes))
      throw new RoomError("queue_full", `${this.size} messages wait to be sent.`);
    const published = new Promise<Published>((resolve, reject) => {
      this.#entries.set(id, { frame, sentAt: 0, published: () => published, resolve, reject });
    });
    this.#bytes += size;
    this.#pump();
    return published;
  }

  /** There is a live connection. What is not settled goes out, oldest first. */
  open(socket: Socket, { publishRate, publishBurst }: Pick<Limits, "publishRate" | "publishBurst">): void {
    this.#socket = socket;
    this.#bucket.limit(publishRate, publishBurst);
    this.#isProbing = this.size > 1;
    this.#holdUntil = 0;
    for (const entry of this.#entries.values()) entry.sentAt = 0;
    this.#pump();
  }

  /** The connection is gone. */
  close(): void {
    this.#socket = undefined;
    this.#arm();
  }

  landed(id: string, seq: number): void {
    this.#remove(id)?.resolve({ id, seq });
  }

  /**
   * Settles one, or puts it off, where the same may still land.
   * @returns whether it was one of these
   */
  refuse(id: string, error: RoomError, retryAfter?: number): boolean {
    const entry = this.#entries.get(id);
    if (entry && (retryAfter || error.code === "unavailable")) {
      const wait = retryAfter ?? UNAVAILABLE_MS;
      this.#holdUntil = Math.max(this.#holdUntil, Date.now() + wait);
      entry.sentAt = 0;
      if (retryAfter) this.#bucket.refused(costOf(sizeOf(entry.frame)), wait);
      this.#pump();
    } else this.#remove(id)?.reject(error);
    return !!entry;
  }

  /** Refuses all that is left. */
  end(error: RoomError): void {
    this.close();
    for (const { reject } of this.#entries.values()) reject(error);
    this.#entries.clear();
    this.#bytes = 0;
  }

  #remove(id: string): Entry | undefined {
    const entry = this.#entries.get(id);
    if (entry) {
      this.#entries.delete(id);
      this.#bytes -= sizeOf(entry.frame);
      this.#isProbing = false;
      this.#pump();
    }
    return entry;
  }

  #pump(): void {
    const socket = this.#socket;
    this.#arm();
    if (!socket) return;
    const now = Date.now();
    /** When the first answer is overdue, in milliseconds from now; infinite while none is on its way. */
    let next = Infinity;
    for (const entry of this.#entries.values()) {
      // As long as anything is still leaving, so may this be.
      if (entry.sentAt && socket.buffered > 0) entry.sentAt = now;
      if (now >= entry.sentAt + ANSWER_MS + socket.lag) {
        const wait = this.#wait(entry, socket, next < Infinity, now);
        if (wait > 0) {
          this.#arm(Math.min(wait, next));
          return;
        }
        this.#bucket.spend(costOf(sizeOf(entry.frame)));
        entry.sentAt = now;
        socket.send(entry.frame);
      }
      next = Math.min(next, entry.sentAt + ANSWER_MS + socket.lag - now);
    }
    this.#arm(next);
  }

  /** Milliseconds until an entry may be sent; 0 for now, and infinite where an answer has to come first. */
  #wait({ frame }: Entry, socket: Socket, isInFlight: boolean, now: number): number {
    if (this.#isProbing && isInFlight) return Infinity;
    const size = sizeOf(frame);
    const isFull = socket.buffered > 0 && socket.buffered + size > BUFFER_BYTES;
    return Math.max(this.#holdUntil - now, this.#bucket.wait(costOf(size)), isFull ? BUFFER_LOOK_MS : 0);
  }

  #arm(wait = Infinity): void {
    stopTimer(this.#timer);
    if (wait < Infinity) this.#timer = setTimeout(() => this.#pump(), wait);
  }
}

function frameOf(id: string, data: unknown): Frame {
  const event = { type: "publish", id } as const;
  const bytes = asBytes(data);
  return bytes === undefined ? JSON.stringify({ ...event, data }) : encodeBinary(event, bytes);
}

function asBytes(data: unknown): Uint8Array | undefined {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return undefined;
}
