import type { Mode } from "../access/grant.ts";
import type { Audience } from "../audience/audience.ts";
import type { Presence } from "../audience/presence.ts";
import type { Session } from "../audience/session.ts";
import { ROOM_UNPROVED_BYTES } from "../audience/unread-budget.ts";
import type { RoomLog } from "../log/log.ts";
import type { Backpressure } from "./backpressure.ts";
import type { CatchUp } from "./catchup.ts";

/** What a client says it has read. */
type Received = { seq: number; mark?: string | undefined };

/** Takes in what sessions show to have read, and goes on with those that waited for it. */
export class Acknowledgements {
  readonly #log: RoomLog;
  readonly #audience: Audience;
  readonly #presence: Presence;
  readonly #backpressure: Backpressure;
  readonly #catchUp: CatchUp;
  readonly #rescheduled: () => void;

  constructor(parts: {
    log: RoomLog;
    audience: Audience;
    presence: Presence;
    backpressure: Backpressure;
    catchUp: CatchUp;
    /** Is called when the room's alarm may be due earlier. */
    rescheduled: () => void;
  }) {
    this.#log = parts.log;
    this.#audience = parts.audience;
    this.#presence = parts.presence;
    this.#backpressure = parts.backpressure;
    this.#catchUp = parts.catchUp;
    this.#rescheduled = parts.rescheduled;
  }

  /** Whether a session was asked for this acknowledgement. Any other costs its sender like a signal. */
  isDue({ flow }: Session, { mark }: Received): boolean {
    return mark === undefined ? flow.hasSent : mark === flow.mark;
  }

  received(session: Session, { seq, mark }: Received): void {
    session.page = undefined;
    const { flow } = session;
    flow.hasSent = false;
    if (mark !== undefined && mark === flow.mark) {
      this.#audience.budget.proved(flow);
      if (!this.#audience.askForProof(session)) session.saveFlow();
      this.#goOn(session);
    } else if (mark === undefined) {
      this.#claimed(session, this.#left(session, seq));
      this.#backpressure.progress(session, seq);
    }
  }

  /** A session asks for what comes before the page that it was sent last, and so has read that. */
  readPage(session: Session, before: number | undefined): void {
    const { page } = session;
    session.page = undefined;
    if (page === undefined || page.first !== before) return;
    this.#claimed(session, Math.max(0, session.flow.unread - page.size));
  }

  /** A plain socket gave a sign of life. */
  alive(session: Session): void {
    if (!this.#audience.isAlive(session)) return;
    this.#goOn(session);
    this.closeUnproved();
  }

  /** At most how much a session has not read that has read up to a seq. */
  #left(session: Session, seq: number): number {
    const { behind } = session;
    if (seq >= (behind ?? this.#log.last)) return 0;
    const left =
      behind === undefined ? this.#audience.positions.after(seq) : this.#catchUp.left(session, seq);
    return Math.min(left, this.#backpressure.left(session, seq));
  }

  #claimed(session: Session, unread: number): void {
    if (unread >= session.flow.unread) return;
    this.#audience.budget.claimed(session.flow, unread, Date.now());
    session.saveFlow(false);
    this.#goOn(session);
    this.closeUnproved();
  }

  #goOn(session: Session): void {
    if (this.#backpressure.relieve(session)) {
      this.#catchUp.goOn(session);
      this.#rescheduled();
    }
    if (session.missed && !this.#audience.isFull(session)) this.#presence.retell(session);
  }

  /** Closes sessions that acknowledge without proof, the one with the most first, until the rest is within bounds. */
  closeUnproved(): void {
    const { budget } = this.#audience;
    const now = Date.now();
    for (const mode of MODES) {
      while (budget.hasTooMuchUnproved(mode, now)) {
        const unproved = this.#mostUnproved(mode, now);
        if (unproved === undefined) break;
        this.#audience.dismiss(unproved, "too_slow", UNPROVED_REASONS[mode]);
      }
    }
  }

  /**
   * Of the sessions of a kind, the one that acknowledged the most without proof, beyond what it published itself: one that does
   * nothing but acknowledge is the first to go. A large room of honest clients without marks loses none that has little.
   */
  #mostUnproved(mode: Mode, now: number): Session | undefined {
    const { budget } = this.#audience;
    let found: Session | undefined;
    let most = 0;
    for (const session of this.#audience.sessions()) {
      const unproved = budget.unprovedOf(session.flow, now);
      // What it published itself does not excuse a session for ever.
      const excuse = unproved > ROOM_UNPROVED_BYTES ? 0 : session.flow.published;
      const excess = unproved - excuse;
      if (session.mode !== mode || excess <= budget.leastUnproved || excess <= most) continue;
      found = session;
      most = excess;
    }
    return found;
  }
}

const MODES: readonly Mode[] = ["v1", "plain"];

/** At most 123 bytes. */
const UNPROVED_REASONS = {
  v1: "too much was acknowledged without proof: resume, and return marks (?features=marks)",
  plain: "too much was sent that nothing shows to be read: speak dormouse.v1, and return marks",
} as const;
