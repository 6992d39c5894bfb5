import type { RoomLog } from "../log/log.ts";
import { binarySegment, plainText, type Segment, textSegment } from "../log/segment.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import { Throttle } from "../throttle.ts";
import type { PendingMessage, PendingText, Publisher } from "./pending-message.ts";
import { PendingPost } from "./pending-post.ts";

/**
 * The window grows by this much for each socket: about twice what a send costs (45 to 57 µs, half of it after the turn), so
 * that sending takes no more than half of the object's time.
 */
const WINDOW_PER_SOCKET_MS = 0.09;
const WINDOW_MS = { min: 2, max: 100 } as const;

/** UTF-16 code units of encoded messages in one segment: at three bytes each, and the ids once more, a row stays under 1 MiB. */
const SEGMENT_CHARS = 160 * 1024;

/** What waits for a flush: UTF-16 code units and bytes, with something for each message. What comes on top of it is refused. */
const PENDING_SIZE = 16 * 1024 * 1024;
const PENDING_OVERHEAD = 256;

/** Why a message was not taken, and when the next may be: milliseconds. */
const TOO_MUCH_PENDING = "The room has more to store than it takes at a time; send it again.";
const TOO_MUCH_PENDING_MS = 1000;

/** How long the window is, in milliseconds. */
export function flushWindow({ size }: ConnectionManager): number {
  return Math.min(WINDOW_MS.max, Math.max(WINDOW_MS.min, size * WINDOW_PER_SOCKET_MS));
}

/** A segment on its way out, with the messages that it holds. */
type Outgoing = { segment: Segment; messages: readonly PendingMessage[] };

/**
 * Numbers what is pending, stores it, and hands the stored frames to the connections: at most once in a window, and not before the
 * flush before is on disk.
 */
export class Flush {
  readonly #log: RoomLog;
  readonly #connections: ConnectionManager;
  readonly #flushed: (slow: readonly Session[]) => void;
  /** By id, in the order of arrival. */
  #pending = new Map<string, PendingMessage>();
  #pendingSize = 0;
  readonly #window: Throttle;
  #isWriting = false;

  /** @param flushed is called after each flush, with the sessions that were not sent it, since they do not keep up */
  constructor(log: RoomLog, connections: ConnectionManager, flushed: (slow: readonly Session[]) => void) {
    this.#log = log;
    this.#connections = connections;
    this.#flushed = flushed;
    this.#window = new Throttle(
      () => this.#flush(),
      () => flushWindow(connections),
    );
  }

  /**
   * Takes messages in, all of them for one flush. One whose id is in the log already, or pending, is not taken, but answered
   * with that one's seq.
   */
  add(...messages: readonly PendingMessage[]): void {
    const fresh = messages.filter((message) => !this.#isPending(message) && !this.#isKnown(message));
    if (fresh.length === 0) return;
    const size = fresh.reduce((sum, message) => sum + sizeOf(message), 0);
    if (this.#pendingSize + size > PENDING_SIZE) {
      for (const { by, id } of fresh) this.#putOff(by, id);
      return;
    }
    if (fresh.length > 1) keepTogether(fresh);
    for (const message of fresh) this.#pending.set(message.id, message);
    this.#pendingSize += size;
    if (!this.#isWriting) this.#window.request();
  }

  /** Flushes what waits for the window's end. */
  now(): void {
    this.#window.cancel();
    if (this.#pending.size > 0) this.#flush();
  }

  #isPending({ id, by }: PendingMessage): boolean {
    const pending = this.#pending.get(id);
    if (pending === undefined) return false;
    pending.again ??= [];
    pending.again.push(by);
    return true;
  }

  /** Answers a retry of what is in the log. */
  #isKnown({ id, by }: PendingMessage): boolean {
    // A plain message has an id of the room's own making, so it is never a retry.
    if (!(by instanceof PendingPost) && by.mode === "plain") return false;
    try {
      const seq = this.#log.seqOf(id);
      if (seq !== undefined) this.#tell(by, id, seq);
      return seq !== undefined;
    } catch (error) {
      console.error("The ids of a log could not be read:", error);
      this.#refuse(by, id);
      return true;
    }
  }

  #flush(): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#pendingSize = 0;
    const outgoing = this.#store(pending);
    if (outgoing.length > 0) this.#settle();
    this.#flushed(outgoing.flatMap((each) => this.#deliver(each)));
  }

  /** What comes while a flush is being written waits for it, and shares the next: a slow disk makes fewer rows, not more. */
  #settle(): void {
    this.#isWriting = true;
    const settled = () => {
      this.#isWriting = false;
      if (this.#pending.size > 0) this.#window.request();
    };
    // Where it could not be written, the platform ends the object.
    void this.#log.synced().then(settled, settled);
  }

  #store(pending: readonly PendingMessage[]): Outgoing[] {
    try {
      const outgoing = numbered(pending, this.#log.last + 1, this.#log.timestamp());
      this.#log.append(
        outgoing.map(({ segment, messages }) => ({ segment, ids: messages.map(({ id }) => id) })),
      );
      return outgoing;
    } catch (error) {
      // Nothing of it is in the log, so each publisher may try again with the same id.
      console.error("A flush failed:", error);
      for (const { by, id, again = [] } of pending) {
        for (const publisher of [by, ...again]) this.#refuse(publisher, id);
      }
      return [];
    }
  }

  #refuse(publisher: Publisher, id: string): void {
    const message = "The message could not be stored; send it again.";
    if (publisher instanceof PendingPost) publisher.fail(message);
    else if (publisher.mode === "v1")
      this.#connections.send(publisher, { type: "error", code: "unavailable", message, id });
    else this.#connections.close(publisher, "server_error", message);
  }

  #putOff(publisher: Publisher, id: string): void {
    const retryAfter = TOO_MUCH_PENDING_MS;
    if (publisher instanceof PendingPost) publisher.refuse(TOO_MUCH_PENDING, retryAfter);
    else if (publisher.mode === "v1")
      this.#connections.sendError(publisher, "rate_limited", TOO_MUCH_PENDING, { id, retryAfter });
    else this.#connections.close(publisher, "busy", TOO_MUCH_PENDING);
  }

  /** The id was published before. */
  #tell(publisher: Publisher, id: string, seq: number): void {
    if (publisher instanceof PendingPost) publisher.stored(id, seq, true);
    else this.#connections.send(publisher, { type: "ack", id, seq });
  }

  #deliver({ segment, messages }: Outgoing): Session[] {
    const slow = this.#connections.broadcast({ ...segment, plain: () => messages.map(plainFrame) });
    messages.forEach(({ by, id, again }, i) => {
      const seq = segment.first + i;
      if (by instanceof PendingPost) by.stored(id, seq, false);
      // A reader's own message is its acknowledgement.
      else if (by.mode === "v1" && !by.can.has("read")) this.#connections.send(by, { type: "ack", id, seq });
      for (const other of again ?? []) this.#tell(other, id, seq);
    });
    return slow;
  }
}

function sizeOf(message: PendingMessage): number {
  return (message.bytes === undefined ? message.encoded.length : message.bytes.length) + PENDING_OVERHEAD;
}

/** The messages of a batch share a row. */
function keepTogether(batch: readonly PendingMessage[]): void {
  const texts = batch.filter((message) => message.bytes === undefined);
  const span = texts.reduce((sum, { encoded }) => sum + encoded.length, 0);
  texts.forEach((message, i) => {
    message.rowChars = i === 0 ? span : 0;
  });
}

function plainFrame(message: PendingMessage): string | Uint8Array {
  return message.bytes ?? plainText(message.data);
}

/** Text messages share a segment up to its size; a binary message has one of its own. */
function numbered(pending: readonly PendingMessage[], first: number, at: number): Outgoing[] {
  const outgoing: Outgoing[] = [];
  let seq = first;
  let run: PendingText[] = [];
  let chars = 0;
  const endRun = () => {
    if (run.length === 0) return;
    const segment = textSegment(
      seq,
      at,
      run.map((message) => message.encoded),
    );
    outgoing.push({ segment, messages: run });
    seq += run.length;
    run = [];
    chars = 0;
  };
  for (const message of pending) {
    if (message.bytes !== undefined) {
      endRun();
      const { id, by, bytes } = message;
      const segment = binarySegment({ seq, at, id, from: by.member, name: by.name }, bytes);
      outgoing.push({ segment, messages: [message] });
      seq++;
      continue;
    }
    const span = message.rowChars ?? message.encoded.length;
    if (span > 0 && chars + span > SEGMENT_CHARS) endRun();
    run.push(message);
    chars += message.encoded.length;
  }
  endRun();
  return outgoing;
}
