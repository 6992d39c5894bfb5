import type { Audience } from "../audience/audience.ts";
import type { RoomLog } from "../log/log.ts";
import { binarySegment, plainText, type Segment, textSegment } from "../log/segment.ts";
import type { Pending, TextPending } from "./pending.ts";

/** Milliseconds of sending that a socket costs a flush; the window grows by it, so that sending takes half the time. */
const WINDOW_PER_SOCKET_MS = 0.04;
const WINDOW_MS = { min: 2, max: 60 } as const;

/** UTF-16 code units of encoded messages in one segment: at three bytes each, a row stays under 1 MiB. */
const SEGMENT_CHARS = 320 * 1024;

/** A segment on its way out, with the messages that it holds. */
type Outgoing = { segment: Segment; messages: readonly Pending[] };

/**
 * Numbers what is pending, stores it, and hands the stored frames to the audience: at once, if the last flush is older
 * than the flush window, else once, by a timer, at the window's end. So a quiet room adds no delay and has no timer.
 */
export class Flush {
  readonly #log: RoomLog;
  readonly #audience: Audience;
  #pending: Pending[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flushedAt = 0;

  constructor(log: RoomLog, audience: Audience) {
    this.#log = log;
    this.#audience = audience;
  }

  add(message: Pending): void {
    this.#pending.push(message);
    if (this.#timer !== undefined) return;
    const wait = this.#flushedAt + this.#window() - Date.now();
    if (wait <= 0) this.#flush();
    else this.#timer = setTimeout(() => this.#flush(), wait);
  }

  #window(): number {
    return Math.min(WINDOW_MS.max, Math.max(WINDOW_MS.min, this.#audience.size * WINDOW_PER_SOCKET_MS));
  }

  #flush(): void {
    this.#timer = undefined;
    this.#flushedAt = Date.now();
    const pending = this.#pending;
    this.#pending = [];
    try {
      const outgoing = numbered(pending, this.#log.last + 1, this.#log.timestamp());
      this.#log.append(outgoing.map(({ segment }) => segment));
      for (const each of outgoing) this.#deliver(each);
    } catch (error) {
      // Nothing of it is in the log, so each publisher may try again with the same id.
      console.error("A flush failed:", error);
      for (const { session, id } of pending) {
        const message = "The message could not be stored; send it again.";
        this.#audience.send(session, { type: "error", code: "unavailable", message, id });
      }
    }
  }

  #deliver({ segment, messages }: Outgoing): void {
    this.#audience.broadcast({ body: segment.body, plain: () => messages.map(plainFrame) });
    messages.forEach(({ session, id }, i) => {
      // A reader's own message is its acknowledgement.
      if (session.mode === "v1" && !session.can.has("read")) {
        this.#audience.send(session, { type: "ack", id, seq: segment.first + i });
      }
    });
  }
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
      const { id, session, bytes } = message;
      const segment = binarySegment({ seq, at, id, from: session.member, name: session.name }, bytes);
      outgoing.push({ segment, messages: [message] });
      seq++;
      continue;
    }
    if (chars + message.encoded.length > SEGMENT_CHARS) endRun();
    run.push(message);
    chars += message.encoded.length;
  }
  endRun();
  return outgoing;
}
