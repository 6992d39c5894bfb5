import type { Settings } from "../../settings/settings.ts";
import type { RoomLog } from "../log/log.ts";
import type { Session } from "../sessions/session.ts";
import { SessionRateLimiter } from "./rate-limiter.ts";
import { ReadLimiter } from "./read-limiter.ts";
import type { StoredLevels } from "./stored-levels.ts";

/** What may be sent and read, and how fast: what is stored by one measure, what passes by another, and what is read by a third. */
export class RateLimiters {
  readonly publishes: SessionRateLimiter;
  readonly signals: SessionRateLimiter;
  readonly reads: ReadLimiter;

  constructor(settings: Settings, debts: StoredLevels, log: Pick<RoomLog, "isStored">) {
    const { publishRate, publishBurst, signalRate, signalBurst, readRate, readBurst } = settings;
    this.publishes = new SessionRateLimiter("publish", { rate: publishRate, burst: publishBurst }, debts);
    this.signals = new SessionRateLimiter("signal", { rate: signalRate, burst: signalBurst }, debts);
    this.reads = new ReadLimiter({ rate: readRate, burst: readBurst }, debts, log);
  }

  onJoin(session: Session, now: number): void {
    this.publishes.onJoin(session, now);
    this.signals.onJoin(session, now);
  }

  onLeave(session: Session, now: number): void {
    this.publishes.onLeave(session, now);
    this.signals.onLeave(session, now);
  }

  /** For how many milliseconds a rateKey is still kept out, for having sent too fast. */
  barredFor(rateKey: string, now: number): number {
    return Math.max(this.publishes.barredFor(rateKey, now), this.signals.barredFor(rateKey, now));
  }
}
