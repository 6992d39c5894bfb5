/** So much of what waits for a reader counts as read, in bytes: it is what lies in buffers anyway. */
const SLACK_BYTES = 256 * 1024;

type Sent = { seq: number; size: number; end: number };

/** What a follower was sent, and how much of it the room may be told to have been read. */
export class Receipts {
  /** After how many bytes of frames the room wants to hear of them. */
  ackBytes = Number.POSITIVE_INFINITY;
  /** Frames that are not acknowledged, oldest first: the seq by then, their size, and where their events end. */
  readonly #frames: Sent[] = [];
  #owed = 0;
  #sent = 0;

  /** A frame came. @param seq up to which all has come by then. @param bytes of the events that it made */
  add(seq: number, size: number, bytes: number): void {
    this.#sent += bytes;
    this.#owed += size;
    this.#frames.push({ seq, size, end: this.#sent });
  }

  /** The seq that is to be acknowledged now, if any. @param waiting bytes of events that wait for the reader */
  due(waiting: number): number | undefined {
    if (this.#owed < this.ackBytes) return undefined;
    const read = this.#sent - Math.max(0, waiting - SLACK_BYTES);
    const count = this.#frames.findLastIndex(({ end }) => end <= read) + 1;
    const acknowledged = this.#frames.splice(0, count);
    for (const { size } of acknowledged) this.#owed -= size;
    return acknowledged.at(-1)?.seq;
  }
}
