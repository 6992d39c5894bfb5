import { FRAME_PART_SIZE } from "../limits.ts";

/** The tokens that a frame of this size costs. */
export const costOf = (size: number): number => 1 + Math.floor(size / FRAME_PART_SIZE);

/**
 * The client's copy of the server's rate limiter. It keeps the client from sending what the server would refuse. It outlives
 * connections, as the server's does.
 */
export class TokenBucket {
  /** Tokens a millisecond; 0: no limit. */
  #rate = 0;
  #burst = 0;
  #level = Infinity;
  #updatedAt = 0;

  /** Sets the limits from `welcome.limits`. @param rate tokens a second; 0: no limit @param burst tokens at once */
  limit(rate: number, burst: number): void {
    this.#rate = rate / 1000;
    this.#burst = burst;
  }

  get #tokens(): number {
    const now = Date.now();
    this.#level = Math.min(this.#burst, this.#level + Math.max(0, now - this.#updatedAt) * this.#rate);
    this.#updatedAt = now;
    return this.#level;
  }

  /**
   * Milliseconds until a frame of this cost may be sent. A reserve stays unused, since frames may arrive closer together than they left.
   * @param unanswered tokens of frames that the server may charge only now, and all at once: the network or the server was held up
   */
  wait(cost: number, unanswered = 0): number {
    const reserve = Math.min(this.#burst / 4, this.#rate * 500);
    const missing = Math.min(cost + reserve, this.#burst) + unanswered - this.#tokens;
    return this.#rate && Math.max(0, Math.ceil(missing / this.#rate));
  }

  spend(cost: number): void {
    this.#level = this.#tokens - cost;
  }

  /** The server refused a frame of this cost for so many milliseconds, so its bucket holds less than this one. */
  refused(cost: number, retryAfter: number): void {
    this.#level = Math.min(this.#tokens, cost - retryAfter * this.#rate);
  }
}
