import { isolateEach } from "../isolate-errors.ts";
import type { RoomModule } from "../modules.ts";
import { SILENT_PLAIN_REASON } from "../sessions/close.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import type { Sender } from "./sender.ts";
import type { StreamPositions } from "./stream-positions.ts";

/** A backpressured session that acknowledges nothing for this long is closed: milliseconds. */
const TIMEOUT_MS = 60_000;

/** Sessions whose window is full. The room sends them nothing until half of their window is free. */
export class Backpressure implements RoomModule {
  readonly name = "backpressure";
  readonly #connections: ConnectionManager;
  readonly #sender: Sender;
  /** When the next session times out, or earlier, if that session acknowledged something meanwhile. */
  #nextTimeout: number | undefined;
  #isKnown = false;

  constructor({ connections, sender }: { connections: ConnectionManager; sender: Sender }) {
    this.#connections = connections;
    this.#sender = sender;
  }

  /** @param positions in the stream that the session was sent */
  begin(session: Session, positions: StreamPositions): void {
    const since = Date.now();
    const until = positions.seqWithin(this.#halfWindow(session)) ?? 0;
    session.backpressure = { since, acked: 0, until };
    // After a wake, the unread bytes may have been sent without a mark.
    if (!this.#sender.requestMark(session)) session.saveFlow();
    this.#nextTimeout = Math.min(this.nextRunAt() ?? Number.POSITIVE_INFINITY, since + TIMEOUT_MS);
  }

  /** The most bytes that a session can have unread after it acknowledged a seq. This is known also after a wake, which loses the positions. */
  unreadAfter(session: Session, seq: number): number {
    const { backpressure } = session;
    const isEnough = backpressure !== undefined && seq >= backpressure.until;
    return isEnough ? this.#halfWindow(session) : Number.POSITIVE_INFINITY;
  }

  /**
   * Ends the backpressure of a session where half of its window is free.
   * @returns whether it did
   */
  release(session: Session): boolean {
    if (session.backpressure === undefined) return false;
    const isOver = session.flow.unread <= this.#halfWindow(session);
    session.backpressure = isOver ? undefined : { ...session.backpressure, since: Date.now() };
    return isOver;
  }

  /** Restarts the timeout of a session that acknowledges a newer seq, also where the bytes before it are unknown. */
  noteProgress(session: Session, seq: number): void {
    const { backpressure } = session;
    if (backpressure === undefined || seq <= backpressure.acked) return;
    session.backpressure = { ...backpressure, acked: seq, since: Date.now() };
  }

  nextRunAt(): number | undefined {
    if (!this.#isKnown) this.#findNextTimeout();
    return this.#nextTimeout;
  }

  run(now: number): void {
    try {
      isolateEach([...this.#connections.sessions()], (session) => {
        const timeout = timeoutOf(session);
        if (timeout === undefined || timeout > now) return;
        this.#connections.close(
          session,
          "too_slow",
          session.mode === "plain" ? SILENT_PLAIN_REASON : undefined,
        );
      });
    } finally {
      this.#findNextTimeout();
    }
  }

  #halfWindow({ flow }: Session): number {
    return this.#connections.budget.window(flow) / 2;
  }

  #findNextTimeout(): void {
    this.#isKnown = true;
    this.#nextTimeout = undefined;
    for (const session of this.#connections.sessions()) {
      const timeout = timeoutOf(session);
      if (timeout !== undefined) this.#nextTimeout = Math.min(timeout, this.#nextTimeout ?? timeout);
    }
  }
}

function timeoutOf({ backpressure }: Session): number | undefined {
  return backpressure === undefined ? undefined : backpressure.since + TIMEOUT_MS;
}
