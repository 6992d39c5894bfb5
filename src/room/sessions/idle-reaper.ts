import { isolateEach } from "../isolate-errors.ts";
import type { RoomModule } from "../modules.ts";
import type { ConnectionManager } from "./connection-manager.ts";
import type { Session } from "./session.ts";

/** A session that sends nothing for so many heartbeats is closed. */
const SILENT_HEARTBEATS = 3;

/** At most 123 bytes. */
const SILENT_REASON = "no activity for three heartbeats";

/** In a room without joins, runs are at most this far apart: milliseconds. */
const MAX_INTERVAL_MS = 15 * 60_000;

/**
 * Closes sessions whose peers vanished: a cut cable sends no FIN. It looks at `dormouse.v1` sessions only, which are asked to ping. The
 * runtime answers pings without waking the room, so only the reaper wakes it, less and less often.
 */
export class IdleReaper implements RoomModule {
  readonly name = "idle reaper";
  readonly #connections: ConnectionManager;
  readonly #heartbeatMs: number;
  /** Unknown after a wake, when the alarm is set for it already. */
  #nextRunAt: number | undefined;

  constructor(connections: ConnectionManager, heartbeatSeconds: number) {
    this.#connections = connections;
    this.#heartbeatMs = heartbeatSeconds * 1000;
  }

  onLive({ mode }: Session): void {
    if (mode !== "v1") return;
    // After a wake, other sessions may be silent already, and this instance must not postpone the alarm that was set for them.
    this.#nextRunAt =
      this.#nextRunAt === undefined
        ? this.#earliestSilence()
        : Math.min(this.#nextRunAt, Date.now() + this.#timeoutMs);
  }

  nextRunAt(): number | undefined {
    return this.#nextRunAt;
  }

  run(now: number): void {
    if (this.#nextRunAt !== undefined && now < this.#nextRunAt) return;
    let earliest = Number.POSITIVE_INFINITY;
    let lastJoin = 0;
    const silent: Session[] = [];
    for (const session of this.#connections.sessions()) {
      if (session.mode === "plain") continue;
      const silentAt = this.#silentAt(session);
      if (silentAt <= now) {
        silent.push(session);
        continue;
      }
      earliest = Math.min(earliest, silentAt);
      lastJoin = Math.max(lastJoin, session.joinedAt);
    }
    // The interval grows with the time since the last join: a room whose members stay costs a few wakes a day.
    const backedOff = now + Math.min(MAX_INTERVAL_MS, (now - lastJoin) / 2);
    const isEmpty = earliest === Number.POSITIVE_INFINITY;
    this.#nextRunAt = isEmpty ? undefined : Math.max(earliest, backedOff, now + this.#heartbeatMs);
    isolateEach(silent, (session) => this.#connections.close(session, "going_away", SILENT_REASON, "silent"));
  }

  #earliestSilence(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const session of this.#connections.sessions())
      if (session.mode === "v1") earliest = Math.min(earliest, this.#silentAt(session));
    return earliest;
  }

  #silentAt(session: Session): number {
    // Frames are noted every half heartbeat.
    return session.lastSeenAt(this.#heartbeatMs / 2) + this.#timeoutMs;
  }

  get #timeoutMs(): number {
    return SILENT_HEARTBEATS * this.#heartbeatMs;
  }
}
