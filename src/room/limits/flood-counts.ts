import type { Session } from "../sessions/session.ts";

/** Frames of one session since the object woke. */
export type FloodCount = {
  /** Frames within the limit. */
  accepted: number;
  /** Refused frames without a pause between them. */
  refused: number;
  /** When the last frame was refused: milliseconds. */
  refusedAt: number;
};

/** Counts the frames of all kinds that the rate limits accepted and refused, for each session. */
export class FloodCounts {
  readonly #counts = new WeakMap<Session, FloodCount>();

  of(session: Session): FloodCount {
    const known = this.#counts.get(session);
    if (known !== undefined) return known;
    const count = { accepted: 0, refused: 0, refusedAt: 0 };
    this.#counts.set(session, count);
    return count;
  }
}
