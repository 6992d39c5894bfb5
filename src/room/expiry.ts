import type { Audience } from "../audience/audience.ts";
import type { Session } from "../audience/session.ts";
import { EXPIRY_NOTICE_MS } from "../protocol/limits.ts";
import type { Chore } from "./agenda.ts";
import { isolateEach } from "./isolate.ts";

/** Tells sessions that their tokens end soon, and ends them when they do; also while the room sleeps. */
export class Expiry implements Chore {
  readonly #audience: Audience;
  /** When the first of them is due; sessions that leave may make it too early. Unknown after a wake. */
  #soonest: number | undefined;
  #isKnown = false;

  constructor(audience: Audience) {
    this.#audience = audience;
  }

  /** A session has come in, or has a fresh token. */
  watch(session: Session): void {
    const due = dueOf(session);
    if (due !== undefined) this.#soonest = Math.min(due, this.due() ?? due);
  }

  due(): number | undefined {
    if (!this.#isKnown) this.#look();
    return this.#soonest;
  }

  run(now: number): void {
    try {
      isolateEach([...this.#audience.sessions()], (session) => this.#runOne(session, now));
    } finally {
      this.#look();
    }
  }

  #runOne(session: Session, now: number): void {
    const due = dueOf(session);
    if (due === undefined || due > now || this.ended(session, now)) return;
    session.warn();
    if (session.mode === "plain") return;
    const message = "Your token ends soon: send auth with a fresh one, or reconnect with it.";
    this.#audience.send(session, { type: "error", code: "token_expiring", message });
  }

  /** Ends a session whose token has ended. To be asked before anything is done for it, since the alarm may be late. */
  ended(session: Session, now: number): boolean {
    if (session.until === undefined || now < session.until) return false;
    this.#audience.dismiss(session, "token_ended");
    return true;
  }

  #look(): void {
    this.#isKnown = true;
    this.#soonest = undefined;
    for (const session of this.#audience.sessions()) {
      const due = dueOf(session);
      if (due !== undefined && due < (this.#soonest ?? Number.POSITIVE_INFINITY)) this.#soonest = due;
    }
  }
}

function dueOf({ until, warned }: Session): number | undefined {
  return until === undefined || warned ? until : until - EXPIRY_NOTICE_MS;
}
