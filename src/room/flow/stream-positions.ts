/** A place in a stream of frames: all up to `seq` had been sent when `at` bytes had. */
type Position = { seq: number; at: number };

/**
 * Where each seq lies in a stream of frames, so that "read up to this seq" becomes "so many bytes are left". Places are kept at
 * steps, over a bounded stretch of the stream.
 */
export class StreamPositions {
  readonly #step: number;
  readonly #length: number;
  /** Oldest first. */
  #positions: Position[] = [];
  #sent = 0;

  /** @param step bytes between two places. @param length bytes over which places are kept */
  constructor(step: number, length: number) {
    this.#step = step;
    this.#length = length;
  }

  /** A frame went out that ends with `seq`. */
  onSent(seq: number, size: number): void {
    this.#sent += size;
    const newest = this.#positions.at(-1);
    if (newest !== undefined && this.#sent - newest.at < this.#step) return;
    this.#positions.push({ seq, at: this.#sent });
    while ((this.#positions[0]?.at ?? this.#sent) < this.#sent - this.#length) this.#positions.shift();
  }

  /** At most how many bytes were sent after a seq. Infinite where that is too long ago to know. */
  bytesAfter(seq: number): number {
    const at = this.#positions.findLast((position) => position.seq <= seq)?.at;
    return at === undefined ? Number.POSITIVE_INFINITY : this.#sent - at;
  }

  /** A seq after which at most so many bytes were sent, as early as it is known. */
  seqWithin(left: number): number | undefined {
    return this.#positions.find(({ at }) => this.#sent - at <= left)?.seq;
  }

  /** Seqs begin anew. */
  reset(): void {
    this.#positions = [];
  }
}
