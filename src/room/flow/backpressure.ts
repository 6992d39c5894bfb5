import type { AlarmTask } from "../alarm/alarm-scheduler.ts";
import { isolateEach } from "../isolate-errors.ts";
import { type ConnectionManager, SILENT_PLAIN_REASON } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import type { StreamPositions } from "./stream-positions.ts";

/** A backpressured session that acknowledges nothing for this long is closed: milliseconds. */
const TIMEOUT_MS = 60_000;

/** Sessions that have not read what they were sent, and are sent no more until they have. */
export class Backpressure implements AlarmTask {
  readonly #connections: ConnectionManager;
  /** When the first of them times out; an acknowledgement may make it too early. Unknown after a wake. */
  #soonest: number | undefined;
  #isKnown = false;

  constructor(connections: ConnectionManager) {
    this.#connections = connections;
  }

  /** @param positions of what the session was sent of the log */
  begin(session: Session, positions: StreamPositions): void {
    const since = Date.now();
    const until = positions.seqWithin(this.#halfWindow(session)) ?? 0;
    session.backpressure = { since, acked: 0, until };
    // After a wake, what is unread may have been sent without a mark.
    if (!this.#connections.requestMark(session)) session.saveFlow();
    this.#soonest = Math.min(this.nextRunAt() ?? Number.POSITIVE_INFINITY, since + TIMEOUT_MS);
  }

  /** The same where positions are not known, after a wake: a seq that lets the session go on leaves half of its window. */
  unreadAfter(session: Session, seq: number): number {
    const { backpressure } = session;
    const isEnough = backpressure !== undefined && seq >= backpressure.until;
    return isEnough ? this.#halfWindow(session) : Number.POSITIVE_INFINITY;
  }

  /** A session has read some of what it was sent. Returns whether it may be sent more: once half of its window is free. */
  release(session: Session): boolean {
    if (session.backpressure === undefined) return false;
    const isOver = session.flow.unread <= this.#halfWindow(session);
    session.backpressure = isOver ? undefined : { ...session.backpressure, since: Date.now() };
    return isOver;
  }

  /** A session reads, however slowly, also where it is not known how much that is. */
  noteProgress(session: Session, seq: number): void {
    const { backpressure } = session;
    if (backpressure === undefined || seq <= backpressure.acked) return;
    session.backpressure = { ...backpressure, acked: seq, since: Date.now() };
  }

  #halfWindow({ flow }: Session): number {
    return this.#connections.budget.window(flow) / 2;
  }

  nextRunAt(): number | undefined {
    if (!this.#isKnown) this.#look();
    return this.#soonest;
  }

  run(now: number): void {
    try {
      isolateEach([...this.#connections.sessions()], (session) => {
        const due = dueOf(session);
        if (due === undefined || due > now) return;
        this.#connections.close(
          session,
          "too_slow",
          session.mode === "plain" ? SILENT_PLAIN_REASON : undefined,
        );
      });
    } finally {
      this.#look();
    }
  }

  #look(): void {
    this.#isKnown = true;
    this.#soonest = undefined;
    for (const session of this.#connections.sessions()) {
      const due = dueOf(session);
      if (due !== undefined) this.#soonest = Math.min(due, this.#soonest ?? due);
    }
  }
}

function dueOf({ backpressure }: Session): number | undefined {
  return backpressure === undefined ? undefined : backpressure.since + TIMEOUT_MS;
}
