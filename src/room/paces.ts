import type { Session } from "../audience/session.ts";
import type { Settings } from "../config.ts";
import type { Debts } from "../log/debts.ts";
import type { RoomLog } from "../log/log.ts";
import { Pace } from "./pace.ts";
import { Reads } from "./reads.ts";

/** What may be sent and read, and how fast: what is stored by one measure, what passes by another, and what is read by a third. */
export class Paces {
  readonly publish: Pace;
  readonly signal: Pace;
  readonly reads: Reads;

  constructor(settings: Settings, debts: Debts, log: Pick<RoomLog, "isStored">) {
    const { publishRate, publishBurst, signalRate, signalBurst, readRate, readBurst } = settings;
    this.publish = new Pace("publish", { rate: publishRate, burst: publishBurst }, debts);
    this.signal = new Pace("signal", { rate: signalRate, burst: signalBurst }, debts);
    this.reads = new Reads({ rate: readRate, burst: readBurst }, debts, log);
  }

  enter(session: Session, now: number): void {
    this.publish.enter(session, now);
    this.signal.enter(session, now);
  }

  leave(session: Session, now: number): void {
    this.publish.leave(session, now);
    this.signal.leave(session, now);
  }

  /** For how many milliseconds a debtor is still kept out, for having sent too fast. */
  barred(debtor: string, now: number): number {
    return Math.max(this.publish.barred(debtor, now), this.signal.barred(debtor, now));
  }
}
