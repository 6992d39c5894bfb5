import type { Audience } from "../audience/audience.ts";
import type { Session } from "../audience/session.ts";
import { Window } from "../audience/window.ts";
import type { RoomLog } from "../log/log.ts";
import { binarySegment, plainText, type Segment, textSegment } from "../log/segment.ts";
import type { Pending, Publisher, TextPending } from "./pending.ts";
import { Poster } from "./poster.ts";

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
export function flushWindow({ size }: Audience): number {
  return Math.min(WINDOW_MS.max, Math.max(WINDOW_MS.min, size * WINDOW_PER_SOCKET_MS));
}

/** A segment on its way out, with the messages that it holds. */
type Outgoing = { segment: Segment; messages: readonly Pending[] };

/**
 * Numbers what is pending, stores it, and hands the stored frames to the audience: at most once in a window, and not before the
 * flush before is on disk.
 */
export class Flush {
  readonly #log: RoomLog;
  readonly #audience: Audience;
  readonly #flushed: (slow: readonly Session[]) => void;
  /** By id, in the order of arrival. */
  #pending = new Map<string, Pending>();
  #pendingSize = 0;
  readonly #window: Window;
  #isWriting = false;

  /** @param flushed is called after each flush, with the sessions that were not sent it, since they do not keep up */
  constructor(log: RoomLog, audience: Audience, flushed: (slow: readonly Session[]) => void) {
    this.#log = log;
    this.#audience = audience;
    this.#flushed = flushed;
    this.#window = new Window(
      () => this.#flush(),
      () => flushWindow(audience),
    );
  }

  /**
   * Takes messages in, all of them for one flush. One whose id is in the log already, or pending, is not taken, but answered
   * with that one's seq.
   */
  add(...messages: readonly Pending[]): void {
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
    if (!this.#isWriting) this.#window.stir();
  }

  /** Flushes what waits for the window's end. */
  now(): void {
    this.#window.cancel();
    if (this.#pending.size > 0) this.#flush();
  }

  #isPending({ id, by }: Pending): boolean {
    const pending = this.#pending.get(id);
    if (pending === undefined) return false;
    pending.again ??= [];
    pending.again.push(by);
    return true;
  }

  /** Answers a retry of what is in the log. */
  #isKnown({ id, by }: Pending): boolean {
    // A plain message has an id of the room's own making, so it is never a retry.
    if (!(by instanceof Poster) && by.mode === "plain") return false;
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
      if (this.#pending.size > 0) this.#window.stir();
    };
    // Where it could not be written, the platform ends the object.
    void this.#log.synced().then(settled, settled);
  }

  #store(pending: readonly Pending[]): Outgoing[] {
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
    if (publisher instanceof Poster) publisher.failed(message);
    else if (publisher.mode === "v1")
      this.#audience.send(publisher, { type: "error", code: "unavailable", message, id });
    else this.#audience.dismiss(publisher, "server_error", message);
  }

  #putOff(publisher: Publisher, id: string): void {
    const retryAfter = TOO_MUCH_PENDING_MS;
    if (publisher instanceof Poster) publisher.putOff(TOO_MUCH_PENDING, retryAfter);
    else if (publisher.mode === "v1")
      this.#audience.refuse(publisher, "rate_limited", TOO_MUCH_PENDING, { id, retryAfter });
    else this.#audience.dismiss(publisher, "busy", TOO_MUCH_PENDING);
  }

  /** The id was published before. */
  #tell(publisher: Publisher, id: string, seq: number): void {
    if (publisher instanceof Poster) publisher.stored(id, seq, true);
    else this.#audience.send(publisher, { type: "ack", id, seq });
  }

  #deliver({ segment, messages }: Outgoing): Session[] {
    const slow = this.#audience.broadcast({ ...segment, plain: () => messages.map(plainFrame) });
    messages.forEach(({ by, id, again }, i) => {
      const seq = segment.first + i;
      if (by instanceof Poster) by.stored(id, seq, false);
      // A reader's own message is its acknowledgement.
      else if (by.mode === "v1" && !by.can.has("read")) this.#audience.send(by, { type: "ack", id, seq });
      for (const other of again ?? []) this.#tell(other, id, seq);
    });
    return slow;
  }
}

function sizeOf(message: Pending): number {
  return (message.bytes === undefined ? message.encoded.length : message.bytes.length) + PENDING_OVERHEAD;
}

/** The messages of a batch share a row. */
function keepTogether(batch: readonly Pending[]): void {
  const texts = batch.filter((message) => message.bytes === undefined);
  const span = texts.reduce((sum, { encoded }) => sum + encoded.length, 0);
  texts.forEach((message, i) => {
    message.span = i === 0 ? span : 0;
  });
}

function plainFrame(message: Pending): string | Uint8Array {
  return message.bytes ?? plainText(message.data);
}

/** Text messages share a segment up to its size; a binary message has one of its own. */
function numbered(pending: readonly Pending[], first: number, at: number): Outgoing[] {
  const outgoing: Outgoing[] = [];
  let seq = first;
  let run: TextPending[] = [];
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
    const span = message.span ?? message.encoded.length;
    if (span > 0 && chars + span > SEGMENT_CHARS) endRun();
    run.push(message);
    chars += message.encoded.length;
  }
  endRun();
  return outgoing;
}
