import { ABUSE_MS } from "../../protocol/codes.ts";
import { REFUSED_FRAMES } from "../../protocol/limits.ts";
import type { LimitedKind, Session } from "../sessions/session.ts";
import { FloodCounts } from "./flood-counts.ts";
import { KeyedBuckets, type Rate } from "./keyed-buckets.ts";
import type { StoredLevels } from "./stored-levels.ts";
import { type BucketLevel, TokenBucket } from "./token-bucket.ts";

/** A frame costs a token for each started part of this size, in UTF-16 code units or bytes. */
const PART_SIZE = 16 * 1024;

/** A frame that came too fast counts once more for each started part of this size: that much of the room's time went into it. */
const REFUSED_PART_SIZE = 64 * 1024;

/** What a page of history that a session asked for costs beside the frame itself: a token for each started part of this size. */
const PAGE_PART_SIZE = 64 * 1024;

/** How often a bucket that is not full is written down with its session, so that sleep does not fill it: milliseconds. */
const SAVE_MS = 1000;

/** Who sent nothing too fast for this long begins anew: milliseconds. */
const FORGIVEN_MS = 1000;

/**
 * All sessions of a rateKey, a member or the address of guests, together have so many times what one of them has: enough for a
 * household or an office behind one address, and too little for a thousand sockets of one peer to hold the room up.
 */
const SHARED = 10;

/** How fast sessions may send something. A bucket survives sleep with its session, and a debt survives the session. */
export class SessionRateLimiter {
  readonly #what: LimitedKind;
  readonly #floods: FloodCounts;
  readonly #rate: Rate;
  readonly #buckets = new WeakMap<Session, TokenBucket>();
  /** By rateKey: what all of its sessions take from, beside their own. */
  readonly #shared = new Map<string, TokenBucket>();
  /** What buckets held whose sessions are gone. */
  readonly #ledger: KeyedBuckets;
  readonly #stored: StoredLevels;
  /** Until when keys are kept out: milliseconds. */
  readonly #barred = new Map<string, number>();
  /** Sessions whose last frame was refused for what others of their rateKey had sent. */
  readonly #crowded = new WeakSet<Session>();
  /** When shared buckets that are full were last forgotten. */
  #forgiven = 0;

  constructor(what: LimitedKind, rate: Rate, stored: StoredLevels, floods = new FloodCounts()) {
    this.#floods = floods;
    this.#what = what;
    this.#rate = rate;
    this.#stored = stored;
    this.#ledger = new KeyedBuckets(what === "publish" ? "" : `${what} `, rate, stored);
  }

  /** What may be sent at once. */
  get burst(): number {
    return this.#rate.rate === 0 ? Number.POSITIVE_INFINITY : this.#rate.burst;
  }

  /** What it allows, in a sentence. */
  get description(): string {
    const what = this.#what === "publish" ? "messages" : "signals and changes of presence";
    return `At most ${this.#rate.rate} ${what} a second, ${this.#rate.burst} at once.`;
  }

  /** A session comes in. What its rateKey owes is its own from now on, and nothing that is owed later. */
  onJoin(session: Session, now: number): void {
    const owed = this.#rate.rate === 0 ? undefined : this.#ledger.levelOf(session.rateKey);
    if (owed === undefined) return;
    const bucket = this.#bucket(owed, now);
    if (!bucket.isFull(now)) session.setLevel(this.#what, bucket.level(now));
  }

  /** Takes what a frame of this size costs, or says in how many milliseconds it may be sent again. */
  take(session: Session, size: number, now: number): number {
    if (this.#rate.rate === 0) return 0;
    const bucket = this.#bucketOf(session, now);
    const shared = this.#sharedOf(session.rateKey, now);
    const cost = costOf(size);
    // What others of the rateKey used up is not taken from this session's own.
    const crowded = shared.wait(cost, now);
    const wait = crowded > 0 ? crowded : bucket.take(cost, now);
    if (wait === 0) shared.take(cost, now);
    if (crowded > 0) this.#crowded.add(session);
    else this.#crowded.delete(session);
    if (wait > 0) {
      // A flood is not forgiven for the few of its frames that pass.
      const count = this.#floods.of(session);
      const before = now - count.refusedAt < FORGIVEN_MS ? count.refused : 0;
      count.refused = before + 1 + Math.floor(size / REFUSED_PART_SIZE);
      count.refusedAt = now;
    } else this.#floods.of(session).accepted++;
    this.#keep(session, bucket.level(now), wait > 0);
    return wait;
  }

  /** A page of history of this size was answered. */
  chargePage(session: Session, size: number, now: number): void {
    if (this.#rate.rate === 0) return;
    const bucket = this.#bucketOf(session, now);
    bucket.charge(Math.floor(size / PAGE_PART_SIZE), now);
    this.#keep(session, bucket.level(now), false);
  }

  /** A bucket that empties fast, or has just been found empty, is written down at once. */
  #keep(session: Session, level: BucketLevel, isRefused: boolean): void {
    const kept = session.levelOf(this.#what);
    const isDue =
      kept === undefined ||
      level.at - kept.at >= SAVE_MS ||
      kept.tokens - level.tokens >= this.#rate.burst / 10 ||
      (isRefused && kept.tokens > level.tokens && kept.tokens >= 1);
    if (isDue) session.setLevel(this.#what, level);
  }

  /**
   * A session is thrown out for sending too fast: its rateKey is not let in for a while (`barred`), whatever it calls itself. Not so
   * where it did not insist, and nothing that it sent had passed or the bucket that all of its address share was empty: then it
   * was another one of its address that was too fast.
   */
  bar(session: Session, now: number): void {
    const isOwnFault = this.#floods.of(session).accepted > 0 && !this.#crowded.has(session);
    if (!isOwnFault && this.refusedFrames(session) < REFUSED_FRAMES) return;
    this.#bucketOf(session, now).overdraw(ABUSE_MS, now);
    const until = now + ABUSE_MS;
    this.#barred.set(session.rateKey, until);
    this.#stored.set(this.#barKey(session.rateKey), { tokens: 0, at: now, full: until });
  }

  /** Frames of a session that were refused without a pause between them. */
  refusedFrames(session: Session): number {
    return this.#floods.of(session).refused;
  }

  /** For how many milliseconds a rateKey is still kept out. */
  barredFor(rateKey: string, now: number): number {
    const until = this.#barred.get(rateKey) ?? this.#stored.get(this.#barKey(rateKey))?.full ?? 0;
    return Math.max(0, until - now);
  }

  /** A session is gone. What it owes waits for its rateKey to return. */
  onLeave(session: Session, now: number): void {
    // After a wake, a session that sent nothing has what was written down.
    const kept = session.levelOf(this.#what);
    if (this.#rate.rate === 0 || kept === undefined) return;
    const bucket = this.#bucketOf(session, now);
    if (bucket.isFull(now)) return;
    const { tokens } = this.#ledger.bucketOf(session.rateKey, now).level(now);
    this.#ledger.save(session.rateKey, Math.min(bucket.level(now).tokens, tokens), now);
  }

  /**
   * Takes what messages of these sizes cost that come without a session, or says in how many milliseconds they may be sent
   * again. All calls of a rateKey share a bucket, as if each were a session that comes, says one thing and goes.
   */
  takeForCall(rateKey: string, sizes: readonly number[], now: number): number {
    if (this.#rate.rate === 0) return 0;
    const bucket = this.#ledger.bucketOf(rateKey, now);
    const wait = bucket.take(
      sizes.reduce((sum, size) => sum + costOf(size), 0),
      now,
    );
    if (wait === 0) this.#ledger.save(rateKey, bucket.level(now).tokens, now);
    return wait;
  }

  #sharedOf(rateKey: string, now: number): TokenBucket {
    if (now - this.#forgiven >= SAVE_MS) this.#forgive(now);
    const known = this.#shared.get(rateKey);
    if (known !== undefined) return known;
    const { rate, burst } = this.#rate;
    const bucket = new TokenBucket(SHARED * rate, SHARED * burst, undefined, now);
    this.#shared.set(rateKey, bucket);
    return bucket;
  }

  #forgive(now: number): void {
    this.#forgiven = now;
    for (const [rateKey, bucket] of this.#shared) if (bucket.isFull(now)) this.#shared.delete(rateKey);
    for (const [rateKey, until] of this.#barred) if (until <= now) this.#barred.delete(rateKey);
  }

  #bucketOf(session: Session, now: number): TokenBucket {
    const known = this.#buckets.get(session);
    if (known !== undefined) return known;
    const bucket = this.#bucket(session.levelOf(this.#what), now);
    this.#buckets.set(session, bucket);
    return bucket;
  }

  #barKey(rateKey: string): string {
    return `barred ${this.#what} ${rateKey}`;
  }

  #bucket(level: BucketLevel | undefined, now: number): TokenBucket {
    return new TokenBucket(this.#rate.rate, this.#rate.burst, level, now);
  }
}

function costOf(size: number): number {
  return 1 + Math.floor(size / PART_SIZE);
}
