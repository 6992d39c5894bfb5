import { formatCursor, parseCursor } from "../../protocol/cursor.ts";
import type { ResumeRefusal, Welcome } from "../frames.ts";

/** The server cannot send everything that this client missed. `seq` is the last message of the room at that moment. */
export type Gap = { reason: ResumeRefusal; epoch: string; seq: number };

/** Tracks the client's position in the log. It accepts each seq once, in order, and detects a missing one. */
export class SequenceTracker {
  readonly #history: number;
  #epoch: string | undefined;
  /** The last seq that was accepted, or that precedes everything the client asks for. */
  seq: number;
  /** After a fresh start the first frame may begin anywhere up to here: history skips operations, and may have been trimmed. */
  #firstAtMost = -1;
  /** The last seq that was accepted before that start, under the same numbering. */
  #accepted = 0;

  /**
   * @param history how many messages a fresh start asks for
   * @param cursor a cursor of an earlier run
   */
  constructor(history: number, cursor: string | undefined) {
    this.#history = history;
    const start = parseCursor(cursor);
    this.#epoch = start?.epoch;
    this.seq = start?.seq ?? 0;
  }

  get cursor(): string | undefined {
    return this.cursorAt(this.seq);
  }

  /** The cursor after a message. Undefined before the first welcome, and for a message that has not arrived. */
  cursorAt(seq: number): string | undefined {
    return this.#epoch && seq <= this.seq ? formatCursor(this.#epoch, seq) : undefined;
  }

  /** Starts a session. Returns a gap where the session does not continue from the client's position. */
  welcome({ epoch, seq, resumed, reason }: Welcome): Gap | undefined {
    const before = this.#epoch;
    // A client that has no message yet may continue in a log of another epoch.
    this.#epoch = epoch;
    if (resumed) return undefined;
    const start = Math.max(0, seq - this.#history);
    // Under the same numbering, messages that were accepted before are not accepted again when history repeats them.
    this.#accepted = epoch === before && reason !== "ahead" ? this.seq : 0;
    this.seq = Math.min(seq, Math.max(this.#accepted, start));
    this.#firstAtMost = seq + 1;
    return before ? { reason: reason ?? "epoch", epoch, seq } : undefined;
  }

  /**
   * Accepts the seqs from `first` to `last`.
   * @returns the seq up to which they were accepted before; undefined where a message before `first` is missing
   */
  accept(first: number, last: number): number | undefined {
    if (first > this.seq + 1 && first > this.#firstAtMost) return undefined;
    const before = this.#firstAtMost < 0 ? this.seq : Math.max(this.#accepted, first - 1);
    this.#firstAtMost = -1;
    this.seq = Math.max(before, last);
    return before;
  }
}
