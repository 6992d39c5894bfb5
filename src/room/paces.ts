import type { Session } from "../audience/session.ts";
import type { Settings } from "../config.ts";
import type { Debts } from "../log/debts.ts";
import { Pace } from "./pace.ts";

/** What a session may send, and how fast: what is stored by one measure, and what passes by another. */
export class Paces {
  readonly publish: Pace;
  readonly signal: Pace;

  constructor({ publishRate, publishBurst, signalRate, signalBurst }: Settings, debts: Debts) {
    this.publish = new Pace("publish", { rate: publishRate, burst: publishBurst }, debts);
    this.signal = new Pace("signal", { rate: signalRate, burst: signalBurst }, debts);
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
