import { EXPIRY_NOTICE_MS } from "../../protocol/limits.ts";
import type { AlarmTask } from "../alarm/alarm-scheduler.ts";
import { isolateEach } from "../isolate-errors.ts";
import type { ConnectionManager } from "./connection-manager.ts";
import type { Session } from "./session.ts";

/** Tells sessions that their tokens end soon, and ends them when they do; also while the room sleeps. */
export class TokenExpiry implements AlarmTask {
  readonly #connections: ConnectionManager;
  /** When the first of them is due; sessions that leave may make it too early. Unknown after a wake. */
  #soonest: number | undefined;
  #isKnown = false;

  constructor(connections: ConnectionManager) {
    this.#connections = connections;
  }

  /** A session has come in, or has a fresh token. */
  onJoin(session: Session): void {
    const due = dueOf(session);
    if (due !== undefined) this.#soonest = Math.min(due, this.nextRunAt() ?? due);
  }

  nextRunAt(): number | undefined {
    if (!this.#isKnown) this.#look();
    return this.#soonest;
  }

  run(now: number): void {
    try {
      isolateEach([...this.#connections.sessions()], (session) => this.#runOne(session, now));
    } finally {
      this.#look();
    }
  }

  #runOne(session: Session, now: number): void {
    const due = dueOf(session);
    if (due === undefined || due > now || this.closeIfExpired(session, now)) return;
    session.noteExpiryNotice();
    if (session.mode === "plain") return;
    const message = "Your token ends soon: send auth with a fresh one, or reconnect with it.";
    this.#connections.send(session, { type: "error", code: "token_expiring", message });
  }

  /** Ends a session whose token has ended. To be asked before anything is done for it, since the alarm may be late. */
  closeIfExpired(session: Session, now: number): boolean {
    if (session.expiresAt === undefined || now < session.expiresAt) return false;
    this.#connections.close(session, "token_ended");
    return true;
  }

  #look(): void {
    this.#isKnown = true;
    this.#soonest = undefined;
    for (const session of this.#connections.sessions()) {
      const due = dueOf(session);
      if (due !== undefined && due < (this.#soonest ?? Number.POSITIVE_INFINITY)) this.#soonest = due;
    }
  }
}

function dueOf({ expiresAt, isExpiryNoticed }: Session): number | undefined {
  return expiresAt === undefined || isExpiryNoticed ? expiresAt : expiresAt - EXPIRY_NOTICE_MS;
}
