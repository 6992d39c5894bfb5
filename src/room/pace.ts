import { Bucket, type Level } from "../access/bucket.ts";
import type { Bucketed, Session } from "../audience/session.ts";
import type { Debts } from "../log/debts.ts";
import { ABUSE_MS } from "../protocol/codes.ts";

/** A frame costs a token for each started part of this size, in UTF-16 code units or bytes. */
const PART_SIZE = 16 * 1024;

/** How often a bucket that is not full is written down with its session, so that sleep does not fill it: milliseconds. */
const SAVE_MS = 1000;

/** Who sent nothing too fast for this long begins anew: milliseconds. */
const FORGIVEN_MS = 1000;

/** A room does not sleep sooner than this after its last event: milliseconds. */
const SLEEP_MS = 10_000;

/** So many a second, and so many at once; 0 a second: no limit. */
type Rate = { rate: number; burst: number };

/** How fast sessions may send something. A bucket survives sleep with its session, and a debt survives the session. */
export class Pace {
  readonly #what: Bucketed;
  readonly #rate: Rate;
  readonly #buckets = new WeakMap<Session, Bucket>();
  readonly #stored: Debts;
  /** What buckets held whose sessions are gone, by debtor. */
  readonly #debts = new Map<string, Level>();
  /** When debts that are paid were last forgotten. */
  #forgiven = 0;

  constructor(what: Bucketed, rate: Rate, stored: Debts) {
    this.#what = what;
    this.#rate = rate;
    this.#stored = stored;
  }

  /** What may be sent at once. */
  get most(): number {
    return this.#rate.rate === 0 ? Number.POSITIVE_INFINITY : this.#rate.burst;
  }

  /** What it allows, in a sentence. */
  get rule(): string {
    const what = this.#what === "publish" ? "messages" : "signals and changes of presence";
    return `At most ${this.#rate.rate} ${what} a second, ${this.#rate.burst} at once.`;
  }

  /** Takes what a frame of this size costs, or says in how many milliseconds it may be sent again. */
  take(session: Session, size: number, now: number): number {
    if (this.#rate.rate === 0) return 0;
    const bucket = this.#bucketOf(session, now);
    const wait = bucket.take(costOf(size), now);
    if (wait > 0) {
      // A flood is not forgiven for the few of its frames that pass.
      session.tooFast = now - session.tooFastAt < FORGIVEN_MS ? session.tooFast + 1 : 1;
      session.tooFastAt = now;
    }
    this.#keep(session, bucket.level(now));
    return wait;
  }

  /** A bucket that empties fast, or has just been found empty, is written down at once. */
  #keep(session: Session, level: Level): void {
    const kept = session.levelOf(this.#what);
    const isDue =
      kept === undefined ||
      level.at - kept.at >= SAVE_MS ||
      kept.tokens - level.tokens >= this.#rate.burst / 10 ||
      (session.tooFast === 1 && session.tooFastAt === level.at);
    if (isDue) session.setLevel(this.#what, level);
  }

  /** A session is thrown out for sending too fast: its debtor is not let in for a while (`barred`), whatever it calls itself. */
  punish(session: Session, now: number): void {
    this.#bucketOf(session, now).overdraw(ABUSE_MS, now);
  }

  /** For how many milliseconds a debtor is still kept out. */
  barred(debtor: string, now: number): number {
    const level = this.#owed(debtor);
    if (level === undefined || this.#rate.rate === 0) return 0;
    const { tokens } = this.#bucket(level, now).level(now);
    return Math.max(0, Math.ceil((-tokens / this.#rate.rate) * 1000));
  }

  /** A session is gone. What it owes waits for its debtor to return. */
  leave(session: Session, now: number): void {
    this.#forgive(now);
    const bucket = this.#buckets.get(session);
    if (bucket === undefined || bucket.isFull(now)) return;
    const level = bucket.level(now);
    const earlier = this.#debts.get(session.debtor);
    const tokens =
      earlier === undefined
        ? level.tokens
        : Math.min(level.tokens, this.#bucket(earlier, now).level(now).tokens);
    this.#owe(session.debtor, tokens, now);
  }

  /**
   * Takes what messages of these sizes cost that come without a session, or says in how many milliseconds they may be sent
   * again. All calls of a debtor share a bucket, as if each were a session that comes, says one thing and goes.
   */
  visit(debtor: string, sizes: readonly number[], now: number): number {
    if (this.#rate.rate === 0) return 0;
    if (now - this.#forgiven >= SAVE_MS) this.#forgive(now);
    const bucket = this.#bucket(this.#owed(debtor), now);
    const wait = bucket.take(
      sizes.reduce((sum, size) => sum + costOf(size), 0),
      now,
    );
    if (wait === 0) this.#owe(debtor, bucket.level(now).tokens, now);
    return wait;
  }

  #owe(debtor: string, tokens: number, now: number): void {
    this.#debts.set(debtor, { tokens, at: now });
    const fullIn = ((this.#rate.burst - tokens) / this.#rate.rate) * 1000;
    if (fullIn > SLEEP_MS) this.#stored.set(this.#storedKey(debtor), tokens, now, now + fullIn);
  }

  #forgive(now: number): void {
    this.#forgiven = now;
    for (const [debtor, level] of this.#debts)
      if (this.#bucket(level, now).isFull(now)) this.#debts.delete(debtor);
  }

  #bucketOf(session: Session, now: number): Bucket {
    const known = this.#buckets.get(session);
    if (known !== undefined) return known;
    const bucket = this.#bucket(session.levelOf(this.#what) ?? this.#owed(session.debtor), now);
    this.#buckets.set(session, bucket);
    return bucket;
  }

  #owed(debtor: string): Level | undefined {
    return this.#debts.get(debtor) ?? this.#stored.get(this.#storedKey(debtor));
  }

  #storedKey(debtor: string): string {
    return this.#what === "publish" ? debtor : `${this.#what} ${debtor}`;
  }

  #bucket(level: Level | undefined, now: number): Bucket {
    return new Bucket(this.#rate.rate, this.#rate.burst, level, now);
  }
}

function costOf(size: number): number {
  return 1 + Math.floor(size / PART_SIZE);
}
