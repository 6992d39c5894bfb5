import { DormouseError } from "../../protocol/codes.ts";
import type { Admission } from "../../rpc/admission.ts";
import type { Settings } from "../../settings/settings.ts";
import type { RoomLog } from "../log/log.ts";
import type { RoomModule } from "../modules.ts";
import type { Session } from "../sessions/session.ts";
import { FloodCounts } from "./flood-counts.ts";
import { SessionRateLimiter } from "./rate-limiter.ts";
import { ReadLimiter } from "./read-limiter.ts";
import type { StoredLevels } from "./stored-levels.ts";

/** The rate limiters of a room: one for messages, one for signals and changes of presence, and one for reads. */
export class RateLimiters implements RoomModule {
  readonly name = "rate limiters";
  readonly publishes: SessionRateLimiter;
  readonly signals: SessionRateLimiter;
  readonly reads: ReadLimiter;
  readonly #stored: StoredLevels;

  constructor(settings: Settings, stored: StoredLevels, log: Pick<RoomLog, "isStored">) {
    const { publishRate, publishBurst, signalRate, signalBurst, readRate, readBurst } = settings;
    const floods = new FloodCounts();
    const publishes = { rate: publishRate, burst: publishBurst };
    this.publishes = new SessionRateLimiter("publish", publishes, stored, floods);
    this.signals = new SessionRateLimiter("signal", { rate: signalRate, burst: signalBurst }, stored, floods);
    this.reads = new ReadLimiter({ rate: readRate, burst: readBurst }, stored, log);
    this.#stored = stored;
  }

  /** Refuses clients that were closed a moment ago for sending too fast. */
  checkJoin({ rateKey }: Admission, now: number): DormouseError | undefined {
    const wait = Math.max(this.publishes.barredFor(rateKey, now), this.signals.barredFor(rateKey, now));
    if (wait === 0) return undefined;
    const why = "You were closed for sending too fast. Come back after a while.";
    return new DormouseError("rate_limited", why, wait);
  }

  onJoin(session: Session, now: number): void {
    this.publishes.onJoin(session, now);
    this.signals.onJoin(session, now);
  }

  onLeave(session: Session): void {
    const now = Date.now();
    this.publishes.onLeave(session, now);
    this.signals.onLeave(session, now);
  }

  storageNeededUntil(): number {
    return this.#stored.lastFullAt;
  }

  onStorageDeleted(): void {
    this.#stored.onStorageDeleted();
  }
}
