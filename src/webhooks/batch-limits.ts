import { READ_LIMITS } from "./backlog.ts";
import type { Batch, BatchLimits } from "./batch.ts";

/** A batch of one item that the receiver rejects as too big this many times is dropped. */
const MAX_REJECTIONS = 3;

/** After a rejection, the byte limit grows back by this much with each batch that the receiver accepts. */
const GROWTH_BYTES = 1024;

/** The largest batch of any delivery. */
export const MAX_BATCH: BatchLimits = { events: READ_LIMITS.messages, bytes: READ_LIMITS.bytes };

/** Adapts the size of batches to a receiver that answers 413. */
export class AdaptiveBatchLimits {
  #bytes = MAX_BATCH.bytes;

  get limits(): BatchLimits {
    return { ...MAX_BATCH, bytes: this.#bytes };
  }

  onAccepted(): void {
    this.#bytes = Math.min(MAX_BATCH.bytes, this.#bytes + GROWTH_BYTES);
  }

  /**
   * The receiver rejected a batch as too big.
   * @param rejections how many times it has rejected this batch, this time included
   * @returns what to do with the batch
   */
  onTooBig({ items, bytes }: Batch, rejections: number): "split" | "drop" | "retry" {
    if (items > 1) {
      this.#bytes = Math.floor(bytes / 2);
      return "split";
    }
    return rejections >= MAX_REJECTIONS ? "drop" : "retry";
  }
}
