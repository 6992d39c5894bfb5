/** All messages up to `seq` had been sent when `at` bytes of the stream had. */
type StreamPosition = { seq: number; at: number };

/** Positions are recorded at this part of what clients acknowledge at a time, over a stretch of this many times as much. */
const SPACING = { part: 16, times: 5 } as const;

/**
 * Translates "read up to this seq" to "so many bytes are unread". Positions are recorded in steps over a bounded stretch of a stream of
 * frames.
 */
export class StreamPositions {
  readonly #step: number;
  readonly #length: number;
  /** Oldest first. */
  #positions: StreamPosition[] = [];
  #sent = 0;

  /** @param ackBytes the bytes after which clients acknowledge */
  constructor(ackBytes: number) {
    this.#step = ackBytes / SPACING.part;
    this.#length = ackBytes * SPACING.times;
  }

  /** A frame was sent whose last message is `seq`. */
  onSent(seq: number, size: number): void {
    this.#sent += size;
    const newest = this.#positions.at(-1);
    if (newest !== undefined && this.#sent - newest.at < this.#step) return;
    this.#positions.push({ seq, at: this.#sent });
    while ((this.#positions[0]?.at ?? this.#sent) < this.#sent - this.#length) this.#positions.shift();
  }

  /** The most that was sent after a seq: bytes, infinite where the seq is older than the positions. */
  bytesAfter(seq: number): number {
    const at = this.#positions.findLast((position) => position.seq <= seq)?.at;
    return at === undefined ? Number.POSITIVE_INFINITY : this.#sent - at;
  }

  /** The earliest known seq after which at most so many bytes were sent. */
  seqWithin(bytes: number): number | undefined {
    return this.#positions.find(({ at }) => this.#sent - at <= bytes)?.seq;
  }

  /** The log was erased, and seqs begin anew. */
  reset(): void {
    this.#positions = [];
  }
}
