/** Which ids the newest messages have, so that a publish that is sent again is told the seq it got the first time. */
export class Dedupe {
  readonly #seqs = new Map<string, number>();
  readonly #max: number;

  /** @param max how many of the newest messages are remembered */
  constructor(max: number) {
    this.#max = max;
  }

  /** Notes a message that is newer than all that were noted before. */
  note(id: string, seq: number): void {
    // A key that is set again would keep its old place in the line.
    this.#seqs.delete(id);
    this.#seqs.set(id, seq);
    if (this.#seqs.size <= this.#max) return;
    const oldest = this.#seqs.keys().next();
    if (!oldest.done) this.#seqs.delete(oldest.value);
  }

  seqOf(id: string): number | undefined {
    return this.#seqs.get(id);
  }
}
