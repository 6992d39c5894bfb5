import type { DormouseError } from "../../protocol/codes.ts";
import type { RoomModule } from "../modules.ts";
import type { LeaveReason } from "../sessions/close.ts";
import type { Session } from "../sessions/session.ts";
import type { HookRunner } from "./hook-runner.ts";
import type { HookSessions } from "./hook-session.ts";
import type { CloseReason } from "./room-hooks.ts";

/** The reason that hooks see. */
export const CLOSE_REASONS: Record<LeaveReason, CloseReason> = {
  left: "left",
  lost: "lost",
  silent: "lost",
  closed: "closed",
  removed: "closed",
  kicked: "closed",
};

/** Calls `onConnect` and `onClose`. */
export class SessionHooks implements RoomModule {
  readonly name = "session hooks";
  readonly #runner: HookRunner;
  readonly #sessions: HookSessions;

  constructor(runner: HookRunner, sessions: HookSessions) {
    this.#runner = runner;
    this.#sessions = sessions;
  }

  checkJoin(): DormouseError | undefined {
    return this.#runner.checkStarted();
  }

  /**
   * Called before all modules, so that a refused session leaves no trace in them.
   * @throws DormouseError where the hook refuses the session
   */
  connect(session: Session): void {
    const { hooks } = this.#runner;
    if (hooks.onConnect !== undefined)
      this.#runner.before("onConnect", () => hooks.onConnect?.(this.#sessions.of(session)), ignore);
  }

  onLeave(session: Session, reason: LeaveReason): void {
    const { hooks } = this.#runner;
    if (hooks.onClose === undefined) return;
    const event = { reason: CLOSE_REASONS[reason] };
    try {
      this.#runner.before("onClose", () => hooks.onClose?.(this.#sessions.of(session), event), ignore);
    } catch {
      // It was reported, and a session that has ended cannot be refused.
    }
  }
}

function ignore(): void {}
