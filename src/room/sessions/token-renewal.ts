import { coversRoom, verifyToken } from "../../auth/token.ts";
import { DormouseError } from "../../protocol/codes.ts";
import type { Settings } from "../../settings/settings.ts";
import type { ConnectionManager } from "./connection-manager.ts";
import type { Session } from "./session.ts";

/** Of these a session's first frames depend. */
const HAD_FIRST = ["read", "presence"] as const;

/** Takes fresh tokens (`auth`) in, so that a session outlives the token that it came with. */
export class TokenRenewal {
  readonly #settings: Settings;
  readonly #connections: ConnectionManager;
  readonly #renewed: (session: Session) => void;

  /** @param renewed is called for each session that has a fresh token */
  constructor(settings: Settings, connections: ConnectionManager, renewed: (session: Session) => void) {
    this.#settings = settings;
    this.#connections = connections;
    this.#renewed = renewed;
  }

  /** Checking a signature takes its time; what the session sends meanwhile is judged by the old token. */
  renew(session: Session, token: string): void {
    void this.#verify(session, token).catch((error) => {
      const refusal =
        error instanceof DormouseError
          ? error
          : new DormouseError("internal", "The token could not be checked.");
      if (refusal !== error) console.error("A token could not be checked:", error);
      const { code, message, retryAfter } = refusal;
      const more = retryAfter === undefined ? {} : { retryAfter };
      if (this.#isHere(session)) this.#connections.sendError(session, code, message, more);
    });
  }

  async #verify(session: Session, token: string): Promise<void> {
    const { grant, rooms } = await verifyToken(token, this.#settings.auth);
    if (!coversRoom(rooms, session.room))
      throw new DormouseError("forbidden", "The token does not hold for this room.");
    if (session.isGuest || grant.member !== session.member) {
      throw new DormouseError("forbidden", "The token is another member's; reconnect with it.");
    }
    if (!this.#isHere(session)) return;
    if (HAD_FIRST.some((what) => grant.can.includes(what) !== session.can.has(what))) {
      // What it was not sent is owed from now on, or the other way round: that is a new session's to settle.
      this.#connections.close(session, "token_ended");
      return;
    }
    session.renew(grant);
    this.#renewed(session);
  }

  #isHere(session: Session): boolean {
    return this.#connections.sessionOf(session.socket) === session;
  }
}
