import type { Audience } from "../audience/audience.ts";
import type { Session } from "../audience/session.ts";
import type { Chore } from "./agenda.ts";

/** A session that acknowledges nothing for so long, while it is waited for, is closed: milliseconds. */
const PATIENCE_MS = 60_000;

/** Sessions that are waited for: they have not read what they were sent, and are sent no more until they have. */
export class Stalls implements Chore {
  readonly #audience: Audience;
  /** When the first of them is due; progress may make it too early. Unknown after a wake. */
  #soonest: number | undefined;
  #isKnown = false;

  constructor(audience: Audience) {
    this.#audience = audience;
  }

  /** @param until the seq that it must acknowledge to be sent more */
  begin(session: Session, until: number): void {
    const since = Date.now();
    session.stalled = { until, acked: 0, since };
    this.#soonest = Math.min(this.due() ?? Number.POSITIVE_INFINITY, since + PATIENCE_MS);
  }

  /** A session has acknowledged a seq. Whether it need not be waited for any more comes back. */
  isOver(session: Session, seq: number): boolean {
    const { stalled } = session;
    if (stalled === undefined) return false;
    if (seq >= stalled.until) session.stalled = undefined;
    else if (seq > stalled.acked) session.stalled = { ...stalled, acked: seq, since: Date.now() };
    return seq >= stalled.until;
  }

  due(): number | undefined {
    if (!this.#isKnown) this.#look();
    return this.#soonest;
  }

  run(now: number): void {
    for (const session of [...this.#audience.sessions()]) {
      const due = dueOf(session);
      if (due !== undefined && due <= now) this.#audience.dismiss(session, "too_slow");
    }
    this.#look();
  }

  #look(): void {
    this.#isKnown = true;
    this.#soonest = undefined;
    for (const session of this.#audience.sessions()) {
      const due = dueOf(session);
      if (due !== undefined) this.#soonest = Math.min(due, this.#soonest ?? due);
    }
  }
}

function dueOf({ stalled }: Session): number | undefined {
  return stalled === undefined ? undefined : stalled.since + PATIENCE_MS;
}
