import { encodeBinary } from "../../protocol/binary.ts";
import { type Frame, sizeOf, type Transport } from "../connection/transport.ts";
import { RoomError } from "../error.ts";
import type { Limits, MessageExtras } from "../frames.ts";
import {
  ANSWER_TIMEOUT_MS,
  MAX_FRAME_SIZE,
  MAX_PENDING,
  MAX_PENDING_SIZE,
  SEND_BUFFER_POLL_MS,
  SEND_BUFFER_SIZE,
  UNAVAILABLE_RETRY_MS,
} from "../limits.ts";
import { asBytes } from "../message.ts";
import type { JoinOptions } from "../options.ts";
import { clearTimer, type Timer } from "../platform.ts";
import { costOf, type TokenBucket } from "./token-bucket.ts";

/** The result of `publish()`: the message is on disk. */
export type Published = { id: string; seq: number };

/** An operation on another message. `target`: the seq of that message. `key`: the key of a reaction. */
export type Operation = Pick<MessageExtras, "op" | "target" | "key">;

type QueuedPublish = {
  frame: Frame;
  /** When it was sent over this connection, as of `Date.now()`; 0 while it waits. */
  sentAt: number;
  published: () => Promise<Published>;
  resolve: (published: Published) => void;
  reject: (error: RoomError) => void;
};

type Sender = Pick<Transport, "send" | "bufferedAmount" | "lag">;

/**
 * The publishes that are not settled yet, first in, first out. The queue sends no faster than the service allows, and each frame
 * once a connection. A publish keeps its id, so it can be sent again without landing twice. A delayed one delays
 * those after it.
 */
export class PublishQueue {
  readonly #publishes = new Map<string, QueuedPublish>();
  readonly #options: Pick<JoinOptions, "queue" | "queueBytes">;
  readonly #bucket: TokenBucket;
  #bytes = 0;
  #sender: Sender | undefined;
  /** After a reconnect the first publish goes alone: its answer shows how many tokens the server's rate limiter has left. */
  #isProbing = false;
  #delayedUntil = 0;
  #timer: Timer | undefined;

  constructor(options: Pick<JoinOptions, "queue" | "queueBytes">, bucket: TokenBucket) {
    this.#options = options;
    this.#bucket = bucket;
  }

  get size(): number {
    return this.#publishes.size;
  }

  /** @throws RoomError `queue_full`, `too_big`; TypeError where the data is not JSON */
  async add(id: string, data: unknown, operation: Operation = {}): Promise<Published> {
    const queued = this.#publishes.get(id);
    if (queued) return queued.published();
    const frame = encodePublish(id, data, operation);
    const size = sizeOf(frame);
    if (size > MAX_FRAME_SIZE) throw new RoomError("too_big", "The message is too big.");
    const { queue = MAX_PENDING, queueBytes = MAX_PENDING_SIZE } = this.#options;
    if (this.size >= queue || (this.size > 0 && this.#bytes + size > queueBytes))
      throw new RoomError("queue_full", "The queue is full. Try again later.");
    const published = new Promise<Published>((resolve, reject) => {
      this.#publishes.set(id, { frame, sentAt: 0, published: () => published, resolve, reject });
    });
    this.#bytes += size;
    this.#pump();
    return published;
  }

  /** A connection is live. The pending publishes go out, oldest first. */
  connected(
    sender: Sender,
    { publishRate, publishBurst }: Pick<Limits, "publishRate" | "publishBurst">,
  ): void {
    this.#sender = sender;
    this.#bucket.limit(publishRate, publishBurst);
    this.#isProbing = this.size > 1;
    this.#delayedUntil = 0;
    for (const publish of this.#publishes.values()) publish.sentAt = 0;
    this.#pump();
  }

  disconnected(): void {
    this.#sender = undefined;
    this.#pump();
  }

  /** The message is on disk. */
  resolve(id: string, seq: number): void {
    this.#remove(id)?.resolve({ id, seq });
  }

  /**
   * The server refused a publish. The queue rejects it, or sends it again later where it may still land.
   * @returns whether the id is one of these publishes
   */
  refused(id: string, error: RoomError, retryAfter?: number): boolean {
    const publish = this.#publishes.get(id);
    if (publish && (retryAfter || error.code === "unavailable")) {
      const wait = retryAfter ?? UNAVAILABLE_RETRY_MS;
      this.#delayedUntil = Math.max(this.#delayedUntil, Date.now() + wait);
      publish.sentAt = 0;
      if (retryAfter) this.#bucket.refused(costOf(sizeOf(publish.frame)), wait);
      this.#pump();
    } else this.#remove(id)?.reject(error);
    return !!publish;
  }

  clear(error: RoomError): void {
    this.disconnected();
    for (const { reject } of this.#publishes.values()) reject(error);
    this.#publishes.clear();
    this.#bytes = 0;
  }

  #remove(id: string): QueuedPublish | undefined {
    const publish = this.#publishes.get(id);
    if (publish) {
      this.#publishes.delete(id);
      this.#bytes -= sizeOf(publish.frame);
      this.#isProbing = false;
      this.#pump();
    }
    return publish;
  }

  #pump(): void {
    clearTimer(this.#timer);
    const sender = this.#sender;
    if (!sender) return;
    const now = Date.now();
    /** When the first answer is overdue, in milliseconds from now; infinite while no publish is in flight. */
    let next = Infinity;
    for (const publish of this.#publishes.values()) {
      // While the send buffer drains, this publish may still be in it.
      if (publish.sentAt && sender.bufferedAmount > 0) publish.sentAt = now;
      if (now >= publish.sentAt + ANSWER_TIMEOUT_MS + sender.lag) {
        const wait = this.#waitFor(publish, sender, next < Infinity, now);
        if (wait > 0) {
          next = Math.min(wait, next);
          break;
        }
        this.#bucket.spend(costOf(sizeOf(publish.frame)));
        publish.sentAt = now;
        sender.send(publish.frame);
      }
      next = Math.min(next, publish.sentAt + ANSWER_TIMEOUT_MS + sender.lag - now);
    }
    if (next < Infinity) this.#timer = setTimeout(() => this.#pump(), next);
  }

  /** Milliseconds until a publish may be sent: 0 for now; infinite where an answer has to arrive first. */
  #waitFor({ frame }: QueuedPublish, sender: Sender, isInFlight: boolean, now: number): number {
    if (this.#isProbing && isInFlight) return Infinity;
    const size = sizeOf(frame);
    const isFull = sender.bufferedAmount > 0 && sender.bufferedAmount + size > SEND_BUFFER_SIZE;
    return Math.max(
      this.#delayedUntil - now,
      this.#bucket.wait(costOf(size)),
      isFull ? SEND_BUFFER_POLL_MS : 0,
    );
  }
}

function encodePublish(id: string, data: unknown, operation: Operation): Frame {
  // The server finds the id of a frame that is too long to be parsed only near its start.
  const header = { type: "publish", id, ...operation };
  const bytes = asBytes(data);
  return bytes === undefined ? JSON.stringify({ ...header, data }) : encodeBinary(header, bytes);
}
