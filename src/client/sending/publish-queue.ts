import { encodeBinary } from "../../protocol/binary.ts";
import { type Frame, sizeOf, type Transport } from "../connection/transport.ts";
import { RoomError } from "../error.ts";
import type { Limits, MessageExtras } from "../frames.ts";
import {
  ANSWER_TIMEOUT_MS,
  MAX_FRAME_SIZE,
  MAX_PENDING,
  MAX_PENDING_SIZE,
  MAX_REFUSALS,
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

/** An operation on another message. `target`: the seq of that message. `key`: the key of a reaction. `epoch`: of the log of that seq. */
export type Operation = Pick<MessageExtras, "op" | "target" | "key" | "end"> & { epoch?: string | undefined };

type QueuedPublish = {
  frame: Frame;
  /** The size of the frame: in bytes or UTF-16 code units. */
  size: number;
  /** Tokens. */
  cost: number;
  /** When it was sent over this connection, as of `Date.now()`; 0 while it waits. */
  sentAt: number;
  /** The publishes after it wait for its answer. */
  isAlone?: boolean;
  /** How many times the room refused it for a while. */
  refusals: number;
  published: () => Promise<Published>;
  resolve: (published: Published) => void;
  reject: (error: RoomError) => void;
};

type Sender = Pick<Transport, "send" | "bufferedAmount" | "lag">;

/**
 * The publishes that are not settled yet, first in, first out. The queue sends no faster than the service allows, and each frame
 * once a connection. A publish keeps its id, so it can be sent again without landing twice. A delayed one holds
 * back those after it until it is settled. Those that were sent before the room refused it may land first.
 */
export class PublishQueue {
  readonly #publishes = new Map<string, QueuedPublish>();
  readonly #options: Pick<JoinOptions, "queue" | "queueBytes">;
  readonly #bucket: TokenBucket;
  #bytes = 0;
  #sender: Sender | undefined;
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
      this.#publishes.set(id, {
        frame,
        size,
        cost: costOf(size),
        sentAt: 0,
        refusals: 0,
        published: () => published,
        resolve,
        reject,
      });
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
    this.#delayedUntil = 0;
    for (const publish of this.#publishes.values()) this.#settle(publish);
    // The first one goes alone: its answer shows how many tokens the server's rate limiter has left.
    const [first] = this.#publishes.values();
    if (first) first.isAlone = true;
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
   * The server refused a publish. The queue sends it again later where it may still land: alone, so that no other overtakes it.
   * Otherwise, and after some refusals, it rejects it.
   * @returns whether the id is one of these publishes
   */
  refused(id: string, error: RoomError, retryAfter?: number): boolean {
    const publish = this.#publishes.get(id);
    if (publish && (error.code === "unavailable" || (retryAfter && publish.refusals++ < MAX_REFUSALS))) {
      const wait = retryAfter ?? UNAVAILABLE_RETRY_MS;
      this.#delayedUntil = Math.max(this.#delayedUntil, Date.now() + wait);
      publish.sentAt = 0;
      publish.isAlone = true;
      if (retryAfter) this.#bucket.refused(publish.cost, wait);
      this.#pump();
    } else this.#remove(id)?.reject(error);
    return !!publish;
  }

  clear(error: RoomError): void {
    this.disconnected();
    for (const id of this.#publishes.keys()) this.#remove(id)?.reject(error);
  }

  #remove(id: string): QueuedPublish | undefined {
    const publish = this.#publishes.get(id);
    if (publish) {
      this.#publishes.delete(id);
      this.#settle(publish);
      this.#bytes -= publish.size;
      this.#pump();
    }
    return publish;
  }

  /** The server has charged a publish by now, if it was sent. */
  #settle(publish: QueuedPublish): void {
    if (publish.sentAt) this.#bucket.spend(publish.cost);
    publish.sentAt = 0;
  }

  #pump(): void {
    clearTimer(this.#timer);
    const sender = this.#sender;
    if (!sender) return;
    const now = Date.now();
    /** When the first answer is overdue, or the next publish may be sent: in milliseconds from now. */
    let next = Infinity;
    /** The tokens that the server may not have charged yet. */
    let unanswered = 0;
    for (const publish of this.#publishes.values()) {
      // While the send buffer drains, this publish may still be in it.
      if (publish.sentAt && sender.bufferedAmount > 0) publish.sentAt = now;
      if (now >= publish.sentAt + ANSWER_TIMEOUT_MS + sender.lag) {
        const isFull = sender.bufferedAmount > Math.max(0, SEND_BUFFER_SIZE - publish.size);
        const wait = Math.max(
          this.#delayedUntil - now,
          this.#bucket.wait(publish.cost, unanswered),
          isFull ? SEND_BUFFER_POLL_MS : 0,
        );
        if (wait > 0) {
          next = Math.min(wait, next);
          break;
        }
        publish.sentAt = now;
        sender.send(publish.frame);
      }
      unanswered += publish.cost;
      next = Math.min(next, publish.sentAt + ANSWER_TIMEOUT_MS + sender.lag - now);
      if (publish.isAlone) break;
    }
    if (next < Infinity) this.#timer = setTimeout(() => this.#pump(), next);
  }
}

function encodePublish(id: string, data: unknown, operation: Operation): Frame {
  // The server finds the id of a frame that is too long to be parsed only near its start.
  const header = { type: "publish", id, ...operation };
  const bytes = asBytes(data);
  return bytes ? encodeBinary(header, bytes) : JSON.stringify({ ...header, data });
}
