import { coversRoom, verifyToken } from "../../auth/token.ts";
import { DormouseError } from "../../protocol/codes.ts";
import type { Up } from "../../protocol/up.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { AlarmScheduler } from "../alarm/alarm-scheduler.ts";
import type { Sender } from "../delivery/sender.ts";
import type { RoomModule, RoomModules } from "../modules.ts";
import type { ConnectionManager } from "./connection-manager.ts";
import type { Session } from "./session.ts";

type Parts = {
  settings: Settings;
  connections: ConnectionManager;
  sender: Sender;
  alarm: AlarmScheduler;
  telemetry: Telemetry;
  modules: RoomModules;
};

/** The first frames of a session depend on these, so a token that changes them needs a new session. */
const NEEDED_ON_JOINING = ["read", "presence"] as const;

/** Handles `auth`: a session that sends a fresh token outlives the one that it joined with. */
export class TokenRenewal implements RoomModule {
  readonly name = "token renewal";
  readonly handlers = {
    auth: (session: Session, { token }: Extract<Up, { type: "auth" }>) => this.#onAuth(session, token),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Verifying a signature is asynchronous. Until it is done, the old token decides. */
  #onAuth(session: Session, token: string): void {
    const { connections, sender, telemetry } = this.#parts;
    void this.#renew(session, token).catch((error: unknown) => {
      const isExpected = error instanceof DormouseError;
      if (!isExpected) telemetry.fault("internal", "A token could not be checked", error);
      if (!connections.has(session)) return;
      if (isExpected) sender.sendError(session, error.code, error.message, { retryAfter: error.retryAfter });
      else sender.sendError(session, "internal", "The token could not be checked.");
    });
  }

  async #renew(session: Session, token: string): Promise<void> {
    const { settings, connections, alarm, modules } = this.#parts;
    if (session.hasOwnSignIn) {
      const why = "This service signs clients in by its own way. Reconnect to sign in again.";
      throw new DormouseError("forbidden", why);
    }
    const { grant, rooms } = await verifyToken(token, settings.auth);
    if (!coversRoom(rooms, session.room))
      throw new DormouseError("forbidden", "The token does not hold for this room.");
    if (session.isGuest || grant.member !== session.member) {
      throw new DormouseError("forbidden", "The token is another member's; reconnect with it.");
    }
    if (!connections.has(session)) return;
    if (NEEDED_ON_JOINING.some((each) => grant.can.includes(each) !== session.can.has(each))) {
      connections.close(session, "token_ended");
      return;
    }
    session.renew(grant);
    modules.onRenew(session);
    alarm.scheduleEarlier();
  }
}
