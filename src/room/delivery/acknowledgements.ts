import type { Up } from "../../protocol/up.ts";
import type { Mode } from "../../rpc/admission.ts";
import type { AlarmScheduler } from "../alarm/alarm-scheduler.ts";
import type { RoomLog } from "../log/log.ts";
import type { RoomModule } from "../modules.ts";
import type { Presence } from "../presence/presence.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import type { Backpressure } from "./backpressure.ts";
import type { Broadcaster } from "./broadcaster.ts";
import type { Replay } from "./replay.ts";
import type { Sender } from "./sender.ts";
import type { StartPosition } from "./start-position.ts";
import { ROOM_UNPROVEN_BYTES } from "./unread-budget.ts";

type Parts = {
  log: RoomLog;
  connections: ConnectionManager;
  sender: Sender;
  broadcaster: Broadcaster;
  backpressure: Backpressure;
  replay: Replay;
  presence: Presence;
  alarm: AlarmScheduler;
};

type Received = Extract<Up, { type: "received" }>;

/** A page of history that a session was sent: its first seq, and its size in UTF-16 code units. */
type HistoryPage = { first: number; size: number };

const MODES: readonly Mode[] = ["v1", "plain"];

/** Close reasons: at most 123 bytes. */
const UNPROVEN_REASONS = {
  v1: "too much was acknowledged without proof: resume, and return marks (?features=marks)",
  plain: "too much was sent that nothing shows to be read: speak dormouse.v1, and return marks",
} as const;

/** Applies what sessions acknowledge, and continues with the sessions that waited for it. */
export class Acknowledgements implements RoomModule {
  readonly name = "acknowledgements";
  readonly handlers = { received: (session: Session, event: Received) => this.#onReceived(session, event) };
  readonly #parts: Parts;
  readonly #lastPages = new WeakMap<Session, HistoryPage>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  onLive({ flow }: Session, { from }: StartPosition): void {
    flow.ackedSeq = from;
  }

  /**
   * Whether an acknowledgement answers what the room sent. Any other is charged like a signal. A client may acknowledge each message by
   * itself, and once: if such an acknowledgement were refused, the room would wait for it in vain.
   */
  isExpected(session: Session, { seq, mark }: Received): boolean {
    const { flow } = session;
    if (mark !== undefined) return mark === flow.mark;
    const { isAckExpected, ackedSeq } = flow;
    return isAckExpected || (ackedSeq !== undefined && seq > ackedSeq && seq <= this.#sentUpTo(session));
  }

  #onReceived(session: Session, { seq, mark }: Received): void {
    const { connections, sender, backpressure } = this.#parts;
    const { flow } = session;
    this.#lastPages.delete(session);
    flow.isAckExpected = false;
    if (mark !== undefined && mark === flow.mark) {
      connections.budget.onMark(flow);
      if (!sender.requestMark(session)) session.saveFlow();
      this.#continue(session);
    } else if (mark === undefined) {
      const sent = this.#sentUpTo(session);
      flow.ackedSeq = flow.ackedSeq === undefined ? sent : Math.max(flow.ackedSeq, Math.min(seq, sent));
      this.#acknowledge(session, this.#unreadAfter(session, seq));
      backpressure.noteProgress(session, seq);
    }
  }

  /** A session was sent a page of history. */
  notePage(session: Session, page: HistoryPage): void {
    this.#lastPages.set(session, page);
  }

  /** A session asks for the page before the last one that it was sent, and so has read that one. */
  onPageRead(session: Session, before: number | undefined): void {
    const page = this.#lastPages.get(session);
    this.#lastPages.delete(session);
    if (page === undefined || page.first !== before) return;
    this.#acknowledge(session, Math.max(0, session.flow.unread - page.size));
  }

  /** A plain socket sent something, which counts as an acknowledgement. */
  onPlainFrame(session: Session): void {
    if (!this.#parts.sender.countActivity(session)) return;
    this.#continue(session);
    this.#closeUnproven();
  }

  onAppend(): void {
    this.#closeUnproven();
  }

  /** The last seq that a session was sent. */
  #sentUpTo({ replayFrom }: Session): number {
    return replayFrom ?? this.#parts.log.last;
  }

  /** The most that is unread for a session that acknowledged a seq: bytes. */
  #unreadAfter(session: Session, seq: number): number {
    const { broadcaster, backpressure, replay } = this.#parts;
    const { replayFrom } = session;
    if (seq >= this.#sentUpTo(session)) return 0;
    const unread =
      replayFrom === undefined ? broadcaster.positions.bytesAfter(seq) : replay.unreadAfter(session, seq);
    return Math.min(unread, backpressure.unreadAfter(session, seq));
  }

  #acknowledge(session: Session, unread: number): void {
    if (unread >= session.flow.unread) return;
    this.#parts.connections.budget.onAcknowledged(session.flow, unread, Date.now());
    session.saveFlowInSteps();
    this.#continue(session);
    this.#closeUnproven();
  }

  #continue(session: Session): void {
    const { sender, backpressure, replay, presence, alarm } = this.#parts;
    if (backpressure.release(session)) {
      replay.continue(session);
      alarm.scheduleEarlier();
    }
    if (session.missedPresence && !sender.isFull(session)) presence.sendFull(session);
  }

  /** Closes sessions that acknowledge without proof, the one with the most first, until the rest is within the bounds. */
  #closeUnproven(): void {
    const { connections } = this.#parts;
    const now = Date.now();
    for (const mode of MODES) {
      while (connections.budget.isOverUnproven(mode, now)) {
        const session = this.#mostUnproven(mode, now);
        if (session === undefined) break;
        connections.close(session, "too_slow", UNPROVEN_REASONS[mode]);
      }
    }
  }

  /**
   * The session to close first: of those with this mode, the one that acknowledged the most bytes without a mark as proof, less the bytes
   * that it sent itself. An honest client also sends something, and a false one only acknowledges. Undefined where no session is over its
   * allowance.
   */
  #mostUnproven(mode: Mode, now: number): Session | undefined {
    const { budget } = this.#parts.connections;
    let found: Session | undefined;
    let most = 0;
    for (const session of this.#parts.connections.sessions()) {
      const unproven = budget.unprovenOf(session.flow, now);
      // Sending excuses a session only up to the room's whole bound.
      const excuse = unproven > ROOM_UNPROVEN_BYTES ? 0 : session.flow.receivedBytes;
      const excess = unproven - excuse;
      if (session.mode !== mode || excess <= budget.unprovenAllowance || excess <= most) continue;
      found = session;
      most = excess;
    }
    return found;
  }
}
