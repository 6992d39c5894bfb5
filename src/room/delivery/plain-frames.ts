import { plainFrames, type Segment } from "../log/segment.ts";

/** Frames are cached for bodies of this many UTF-16 code units in all. */
const CACHE_CHARS = 2 * 1024 * 1024;

type Cached = { body: string; frames: readonly (string | Uint8Array)[] };

/** The frames of segments for plain sockets. Sockets that catch up at the same time share them, so that a segment is parsed once. */
export class PlainFrames {
  /** By first seq, the least recently used first. */
  readonly #cache = new Map<number, Cached>();
  #chars = 0;

  of(segment: Segment, withOperations: boolean): readonly (string | Uint8Array)[] {
    const { first, body } = segment;
    if (typeof body !== "string" || withOperations) return plainFrames(segment, withOperations);
    const cached = this.#cache.get(first);
    // After an erase, another segment may have the same seqs.
    if (cached?.body === body) {
      this.#cache.delete(first);
      this.#cache.set(first, cached);
      return cached.frames;
    }
    const frames = plainFrames(segment);
    this.#add(first, { body, frames });
    return frames;
  }

  clear(): void {
    this.#cache.clear();
    this.#chars = 0;
  }

  #add(first: number, entry: Cached): void {
    this.#delete(first);
    this.#cache.set(first, entry);
    this.#chars += entry.body.length;
    for (const oldest of this.#cache.keys()) {
      if (this.#chars <= CACHE_CHARS) return;
      this.#delete(oldest);
    }
  }

  #delete(first: number): void {
    this.#chars -= this.#cache.get(first)?.body.length ?? 0;
    this.#cache.delete(first);
  }
}
