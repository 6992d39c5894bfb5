import type { Mode } from "../../rpc/admission.ts";
import type { RoomLog } from "../log/log.ts";
import type { Presence } from "../presence/presence.ts";
import type { Replay } from "../replay/replay.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import type { Backpressure } from "./backpressure.ts";
import { ROOM_UNPROVEN_BYTES } from "./unread-budget.ts";

/** What a client says it has read. */
type Received = { seq: number; mark?: string | undefined };

/** Takes in what sessions show to have read, and goes on with those that waited for it. */
export class Acknowledgements {
  readonly #log: RoomLog;
  readonly #connections: ConnectionManager;
  readonly #presence: Presence;
  readonly #backpressure: Backpressure;
  readonly #replay: Replay;
  readonly #rescheduled: () => void;

  constructor(parts: {
    log: RoomLog;
    connections: ConnectionManager;
    presence: Presence;
    backpressure: Backpressure;
    replay: Replay;
    /** Is called when the room's alarm may be due earlier. */
    rescheduled: () => void;
  }) {
    this.#log = parts.log;
    this.#connections = parts.connections;
    this.#presence = parts.presence;
    this.#backpressure = parts.backpressure;
    this.#replay = parts.replay;
    this.#rescheduled = parts.rescheduled;
  }

  /** Whether a session was asked for this acknowledgement. Any other costs its sender like a signal. */
  isExpected({ flow }: Session, { mark }: Received): boolean {
    return mark === undefined ? flow.isAckExpected : mark === flow.mark;
  }

  onReceived(session: Session, { seq, mark }: Received): void {
    session.lastPage = undefined;
    const { flow } = session;
    flow.isAckExpected = false;
    if (mark !== undefined && mark === flow.mark) {
      this.#connections.budget.onMark(flow);
      if (!this.#connections.requestMark(session)) session.saveFlow();
      this.#goOn(session);
    } else if (mark === undefined) {
      this.#claimed(session, this.#left(session, seq));
      this.#backpressure.noteProgress(session, seq);
    }
  }

  /** A session asks for what comes before the page that it was sent last, and so has read that. */
  onPageRead(session: Session, before: number | undefined): void {
    const { lastPage } = session;
    session.lastPage = undefined;
    if (lastPage === undefined || lastPage.first !== before) return;
    this.#claimed(session, Math.max(0, session.flow.unread - lastPage.size));
  }

  /** A plain socket gave a sign of life. */
  onSignOfLife(session: Session): void {
    if (!this.#connections.noteSignOfLife(session)) return;
    this.#goOn(session);
    this.closeUnproven();
  }

  /** At most how much a session has not read that has read up to a seq. */
  #left(session: Session, seq: number): number {
    const { replayFrom } = session;
    if (seq >= (replayFrom ?? this.#log.last)) return 0;
    const left =
      replayFrom === undefined
        ? this.#connections.livePositions.bytesAfter(seq)
        : this.#replay.unreadAfter(session, seq);
    return Math.min(left, this.#backpressure.unreadAfter(session, seq));
  }

  #claimed(session: Session, unread: number): void {
    if (unread >= session.flow.unread) return;
    this.#connections.budget.onAcknowledged(session.flow, unread, Date.now());
    session.saveFlow(false);
    this.#goOn(session);
    this.closeUnproven();
  }

  #goOn(session: Session): void {
    if (this.#backpressure.release(session)) {
      this.#replay.resume(session);
      this.#rescheduled();
    }
    if (session.missedPresence && !this.#connections.isFull(session)) this.#presence.sendFull(session);
  }

  /** Closes sessions that acknowledge without proof, the one with the most first, until the rest is within bounds. */
  closeUnproven(): void {
    const { budget } = this.#connections;
    const now = Date.now();
    for (const mode of MODES) {
      while (budget.isOverUnproven(mode, now)) {
        const unproved = this.#mostUnproved(mode, now);
        if (unproved === undefined) break;
        this.#connections.close(unproved, "too_slow", UNPROVED_REASONS[mode]);
      }
    }
  }

  /**
   * Of the sessions of a kind, the one that acknowledged the most without proof, beyond what it published itself: one that does
   * nothing but acknowledge is the first to go. A large room of honest clients without marks loses none that has little.
   */
  #mostUnproved(mode: Mode, now: number): Session | undefined {
    const { budget } = this.#connections;
    let found: Session | undefined;
    let most = 0;
    for (const session of this.#connections.sessions()) {
      const unproved = budget.unprovenOf(session.flow, now);
      // What it published itself does not excuse a session for ever.
      const excuse = unproved > ROOM_UNPROVEN_BYTES ? 0 : session.flow.receivedBytes;
      const excess = unproved - excuse;
      if (session.mode !== mode || excess <= budget.unprovenAllowance || excess <= most) continue;
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
