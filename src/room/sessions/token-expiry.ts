import { EXPIRY_NOTICE_MS } from "../../protocol/limits.ts";
import type { Sender } from "../delivery/sender.ts";
import { isolateEach } from "../isolate-errors.ts";
import type { RoomModule } from "../modules.ts";
import type { ConnectionManager } from "./connection-manager.ts";
import type { Session } from "./session.ts";

/** Notifies sessions that their tokens end soon, and closes them when they do, also while the room hibernates. */
export class TokenExpiry implements RoomModule {
  readonly name = "token expiry";
  readonly #connections: ConnectionManager;
  readonly #sender: Sender;
  /** When the first session is due. It may be too early, after a leave, and is unknown after a wake. */
  #nextDue: number | undefined;
  #isKnown = false;

  constructor({ connections, sender }: { connections: ConnectionManager; sender: Sender }) {
    this.#connections = connections;
    this.#sender = sender;
  }

  onLive(session: Session): void {
    const due = dueAt(session);
    if (due !== undefined) this.#nextDue = Math.min(due, this.nextRunAt() ?? due);
  }

  onRenew(session: Session): void {
    this.onLive(session);
  }

  nextRunAt(): number | undefined {
    if (!this.#isKnown) this.#findNextDue();
    return this.#nextDue;
  }

  run(now: number): void {
    try {
      isolateEach([...this.#connections.sessions()], (session) => this.#notifyOrClose(session, now));
    } finally {
      this.#findNextDue();
    }
  }

  #notifyOrClose(session: Session, now: number): void {
    const due = dueAt(session);
    if (due === undefined || due > now || this.closeIfExpired(session, now)) return;
    session.noteExpiryNotice();
    if (session.mode === "plain") return;
    const message = "Your token ends soon: send auth with a fresh one, or reconnect with it.";
    this.#sender.send(session, { type: "error", code: "token_expiring", message });
  }

  /** Closes a session whose token has ended. Checked before each frame, since the alarm may be late. @returns whether it did */
  closeIfExpired(session: Session, now: number): boolean {
    if (session.expiresAt === undefined || now < session.expiresAt) return false;
    this.#connections.close(session, "token_ended");
    return true;
  }

  #findNextDue(): void {
    this.#isKnown = true;
    this.#nextDue = undefined;
    for (const session of this.#connections.sessions()) {
      const due = dueAt(session);
      if (due !== undefined) this.#nextDue = Math.min(due, this.#nextDue ?? due);
    }
  }
}

/** When a session is due for its notice, or after that for its close. */
function dueAt({ expiresAt, isExpiryNoticed }: Session): number | undefined {
  return expiresAt === undefined || isExpiryNoticed ? expiresAt : expiresAt - EXPIRY_NOTICE_MS;
}
