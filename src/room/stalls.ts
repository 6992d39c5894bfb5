import type { Audience } from "../audience/audience.ts";
import type { Session } from "../audience/session.ts";
import type { Chore } from "./agenda.ts";

/** A session that acknowledges nothing for so long, while it is waited for, is closed: milliseconds. */
const PATIENCE_MS = 60_000;

/** Sessions that are waited for: they have not read what they were sent, and are sent no more until they have. */
export class Stalls implements Chore {
  readonly #audience: Audience;
  /** When the first of them is due; progress may make it too early. Unknown after a wake: then the alarm that is set knows it. */
  #soonest: number | undefined;

  constructor(audience: Audience) {
    this.#audience = audience;
  }

  /** @param until the seq that it must acknowledge to be sent more */
  begin(session: Session, until: number): void {
    const since = Date.now();
    session.stalled = { until, acked: 0, since };
    this.#soonest = Math.min(this.#soonest ?? Number.POSITIVE_INFINITY, since + PATIENCE_MS);
  }

  /** A session has acknowledged a seq. Whether it need not be waited for any more comes back. */
  isOver(session: Session, seq: number): boolean {
    const { stalled } = session;
    if (stalled === undefined || seq <= stalled.acked) return false;
    session.stalled = seq < stalled.until ? { ...stalled, acked: seq, since: Date.now() } : undefined;
    return seq >= stalled.until;
  }

  due(): number | undefined {
    return this.#soonest;
  }

  run(now: number): void {
    this.#soonest = undefined;
    for (const session of [...this.#audience.sessions()]) {
      if (session.stalled === undefined) continue;
      const due = session.stalled.since + PATIENCE_MS;
      if (due <= now) this.#audience.dismiss(session, "too_slow");
      else this.#soonest = Math.min(this.#soonest ?? due, due);
    }
  }
}
