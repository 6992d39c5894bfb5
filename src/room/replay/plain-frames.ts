import { plainFrames, type Segment } from "../log/segment.ts";

/** UTF-16 code units of the bodies whose frames are kept. */
const KEPT_CHARS = 2 * 1024 * 1024;

type Kept = { body: string; frames: readonly (string | Uint8Array)[] };

/** What plain sockets are sent of segments. Several that catch up at the same time share it: a segment is parsed once, not for each. */
export class PlainFrames {
  /** By the first seq; what was used last stands last. */
  readonly #kept = new Map<number, Kept>();
  #chars = 0;

  of(segment: Segment): readonly (string | Uint8Array)[] {
    const { first, body } = segment;
    if (typeof body !== "string") return plainFrames(segment);
    const known = this.#kept.get(first);
    // After an erase, another segment may have the same seqs.
    if (known?.body === body) {
      this.#kept.delete(first);
      this.#kept.set(first, known);
      return known.frames;
    }
    const frames = plainFrames(segment);
    this.#keep(first, { body, frames });
    return frames;
  }

  #keep(first: number, kept: Kept): void {
    this.#drop(first);
    this.#kept.set(first, kept);
    this.#chars += kept.body.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#chars <= KEPT_CHARS) return;
      this.#drop(oldest);
    }
  }

  #drop(first: number): void {
    this.#chars -= this.#kept.get(first)?.body.length ?? 0;
    this.#kept.delete(first);
  }
}
