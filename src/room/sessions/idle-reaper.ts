import type { AlarmTask } from "../alarm/alarm-scheduler.ts";
import { isolateEach } from "../isolate-errors.ts";
import type { ConnectionManager } from "./connection-manager.ts";
import type { Session } from "./session.ts";

/** A session that has been silent for so many heartbeats is taken to be gone. */
const SILENT_BEATS = 3;

/** At most 123 bytes. */
const SILENT = "nothing was heard of you for three heartbeats";

/** In a room that nobody joins, sweeps are at most this far apart: milliseconds. */
const FARTHEST_MS = 15 * 60_000;

/**
 * Closes sessions whose peers are gone without a word: a cut cable sends no FIN. Only those of `dormouse.v1`, which are asked
 * to ping. Pings are answered by the runtime, so being alive wakes nobody; only the sweep does, and backs off.
 */
export class IdleReaper implements AlarmTask {
  readonly #connections: ConnectionManager;
  readonly #pingedAt: (socket: WebSocket) => number;
  readonly #beatMs: number;
  /** Unknown after a wake: then the alarm that is set knows it. */
  #next: number | undefined;

  /** @param pingedAt when a socket last pinged, in milliseconds; 0: never */
  constructor(
    connections: ConnectionManager,
    pingedAt: (socket: WebSocket) => number,
    heartbeatSeconds: number,
  ) {
    this.#connections = connections;
    this.#pingedAt = pingedAt;
    this.#beatMs = heartbeatSeconds * 1000;
  }

  /** A session has come in. */
  onJoin({ mode }: Session): void {
    if (mode !== "v1") return;
    // After a wake others may be silent already, and the alarm that was set for them knows nothing of a later time.
    this.#next =
      this.#next === undefined ? this.#earliest() : Math.min(this.#next, Date.now() + this.#silentMs);
  }

  nextRunAt(): number | undefined {
    return this.#next;
  }

  run(now: number): void {
    if (this.#next !== undefined && now < this.#next) return;
    let earliest = Number.POSITIVE_INFINITY;
    let joined = 0;
    const silent: Session[] = [];
    for (const session of this.#connections.sessions()) {
      if (session.mode === "plain") continue;
      const silentAt = this.#heardAt(session) + this.#silentMs;
      if (silentAt <= now) {
        silent.push(session);
        continue;
      }
      earliest = Math.min(earliest, silentAt);
      joined = Math.max(joined, session.joinedAt);
    }
    // The longer nobody joined, the longer until the next one: a room that stays as it is costs a few wakes a day.
    const backedOff = now + Math.min(FARTHEST_MS, (now - joined) / 2);
    const isVacated = earliest === Number.POSITIVE_INFINITY;
    this.#next = isVacated ? undefined : Math.max(earliest, backedOff, now + this.#beatMs);
    isolateEach(silent, (session) => this.#connections.close(session, "going_away", SILENT, "goodbye"));
  }

  #earliest(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const session of this.#connections.sessions())
      if (session.mode === "v1") earliest = Math.min(earliest, this.#heardAt(session) + this.#silentMs);
    return earliest;
  }

  get #silentMs(): number {
    return SILENT_BEATS * this.#beatMs;
  }

  #heardAt(session: Session): number {
    return Math.max(session.lastSeenBy(this.#beatMs / 2), this.#pingedAt(session.socket));
  }
}
