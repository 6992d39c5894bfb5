import type { Settings } from "../../settings/settings.ts";
import type { RoomLog } from "../log/log.ts";
import type { Session } from "../sessions/session.ts";
import { SessionRateLimiter } from "./rate-limiter.ts";
import { ReadLimiter } from "./read-limiter.ts";
import type { StoredLevels } from "./stored-levels.ts";

/** The rate limiters of a room: one for messages, one for signals and changes of presence, and one for reads. */
export class RateLimiters {
  readonly publishes: SessionRateLimiter;
  readonly signals: SessionRateLimiter;
  readonly reads: ReadLimiter;

  constructor(settings: Settings, stored: StoredLevels, log: Pick<RoomLog, "isStored">) {
    const { publishRate, publishBurst, signalRate, signalBurst, readRate, readBurst } = settings;
    this.publishes = new SessionRateLimiter("publish", { rate: publishRate, burst: publishBurst }, stored);
    this.signals = new SessionRateLimiter("signal", { rate: signalRate, burst: signalBurst }, stored);
    this.reads = new ReadLimiter({ rate: readRate, burst: readBurst }, stored, log);
  }

  onJoin(session: Session, now: number): void {
    this.publishes.onJoin(session, now);
    this.signals.onJoin(session, now);
  }

  onLeave(session: Session, now: number): void {
    this.publishes.onLeave(session, now);
    this.signals.onLeave(session, now);
  }

  /** For how many milliseconds a rateKey may not join, because a session of it was closed for sending too fast. */
  barredFor(rateKey: string, now: number): number {
    return Math.max(this.publishes.barredFor(rateKey, now), this.signals.barredFor(rateKey, now));
  }
}
