import { ABUSE_MS } from "../../protocol/codes.ts";
import { REFUSED_FRAMES } from "../../protocol/limits.ts";
import type { LimitedKind, Session } from "../sessions/session.ts";
import { FloodCounts } from "./flood-counts.ts";
import { KeyedBuckets, type Rate } from "./keyed-buckets.ts";
import type { StoredLevels } from "./stored-levels.ts";
import { type BucketLevel, TokenBucket } from "./token-bucket.ts";

/** A frame costs a token, and another one for each full part of this size: UTF-16 code units, or bytes. */
const PART_SIZE = 16 * 1024;

/** A refused frame counts once, and once more for each full part of this size, since receiving it takes the room's time. */
const REFUSED_PART_SIZE = 64 * 1024;

/** A page of history costs a token for each full part of this size, on top of the frame that asked for it. */
const PAGE_PART_SIZE = 64 * 1024;

/** How often the level of a bucket is saved with its session, so that hibernation does not fill it: milliseconds. */
const SAVE_MS = 1000;

/** How often full shared buckets are removed: milliseconds. */
const CLEANUP_MS = 1000;

/** The count of refused frames starts again after this long without one: milliseconds. */
const REFUSED_RESET_MS = 1000;

/**
 * All sessions of a rateKey share a bucket of this many times the rate of one session. That is enough for an office behind one
 * address, and too little for one peer with a thousand sockets to hold the room up.
 */
const SHARED_FACTOR = 10;

/**
 * Limits how fast sessions send one kind of frame. The level of a bucket survives hibernation with its session, and the end of the
 * session under its rateKey, which is a member or an address of guests.
 */
export class SessionRateLimiter {
  readonly #kind: LimitedKind;
  readonly #floods: FloodCounts;
  readonly #rate: Rate;
  readonly #stored: StoredLevels;
  readonly #buckets = new WeakMap<Session, TokenBucket>();
  /** By rateKey: all of its sessions take from this bucket, too. */
  readonly #shared = new Map<string, TokenBucket>();
  /** Buckets of sessions that have ended, and of calls without a session. */
  readonly #keyed: KeyedBuckets;
  /** By rateKey, until when it may not join: milliseconds. */
  readonly #barredUntil = new Map<string, number>();
  /** Sessions whose last frame was refused because other sessions had emptied the shared bucket. */
  readonly #refusedForOthers = new WeakSet<Session>();
  #cleanedAt = 0;

  constructor(kind: LimitedKind, rate: Rate, stored: StoredLevels, floods = new FloodCounts()) {
    this.#floods = floods;
    this.#kind = kind;
    this.#rate = rate;
    this.#stored = stored;
    this.#keyed = new KeyedBuckets(kind === "publish" ? "" : `${kind} `, rate, stored);
  }

  /** How many frames may be sent at once. */
  get burst(): number {
    return this.#rate.rate === 0 ? Number.POSITIVE_INFINITY : this.#rate.burst;
  }

  /** The message of an error that refuses a frame. */
  get description(): string {
    const { rate, burst } = this.#rate;
    const frames = this.#kind === "publish" ? "messages" : "signals and changes of presence";
    return `Too many ${frames}: at most ${rate} per second, ${burst} at once. Try again later.`;
  }

  /** Gives a new session the level that its rateKey has now. What the rateKey is charged later does not affect the session. */
  onJoin(session: Session, now: number): void {
    const level = this.#rate.rate === 0 ? undefined : this.#keyed.levelOf(session.rateKey);
    if (level === undefined) return;
    const bucket = this.#bucket(level, now);
    if (!bucket.isFull(now)) session.setLevel(this.#kind, bucket.level(now));
  }

  /**
   * Takes the cost of a frame of this size.
   * @returns 0, or in how many milliseconds it may be sent again
   */
  take(session: Session, size: number, now: number): number {
    if (this.#rate.rate === 0) return 0;
    const bucket = this.#bucketOf(session, now);
    const shared = this.#sharedOf(session.rateKey, now);
    const cost = costOf(size);
    // A frame that the shared bucket refuses costs the session nothing.
    const sharedWait = shared.wait(cost, now);
    const wait = sharedWait > 0 ? sharedWait : bucket.take(cost, now);
    if (wait === 0) shared.take(cost, now);
    if (sharedWait > 0) this.#refusedForOthers.add(session);
    else this.#refusedForOthers.delete(session);
    if (wait > 0) {
      // Accepted frames in between do not reset the count.
      const count = this.#floods.of(session);
      const before = now - count.refusedAt < REFUSED_RESET_MS ? count.refused : 0;
      count.refused = before + 1 + Math.floor(size / REFUSED_PART_SIZE);
      count.refusedAt = now;
    } else this.#floods.of(session).accepted++;
    this.#save(session, bucket.level(now), wait > 0);
    return wait;
  }

  /** Charges a page of history of this size. */
  chargePage(session: Session, size: number, now: number): void {
    if (this.#rate.rate === 0) return;
    const bucket = this.#bucketOf(session, now);
    bucket.charge(Math.floor(size / PAGE_PART_SIZE), now);
    this.#save(session, bucket.level(now), false);
  }

  /** Saves the level with the session from time to time, and at once if the bucket empties fast or was just found empty. */
  #save(session: Session, level: BucketLevel, isRefused: boolean): void {
    const saved = session.levelOf(this.#kind);
    const isDue =
      saved === undefined ||
      level.at - saved.at >= SAVE_MS ||
      saved.tokens - level.tokens >= this.#rate.burst / 10 ||
      (isRefused && saved.tokens > level.tokens && saved.tokens >= 1);
    if (isDue) session.setLevel(this.#kind, level);
  }

  /**
   * Keeps the rateKey of a session that is closed for sending too fast from joining for a while.
   *
   * Guests of one address share a rateKey and a bucket. If other sessions emptied that bucket, this session had all of its frames refused, or
   * its last one, and its address may join again. If it then ignored REFUSED_FRAMES refusals, it may not.
   */
  bar(session: Session, now: number): void {
    const isOwnFault = this.#floods.of(session).accepted > 0 && !this.#refusedForOthers.has(session);
    if (!isOwnFault && this.refusedFrames(session) < REFUSED_FRAMES) return;
    this.#bucketOf(session, now).overdraw(ABUSE_MS, now);
    const until = now + ABUSE_MS;
    this.#barredUntil.set(session.rateKey, until);
    this.#stored.set(this.#barKey(session.rateKey), { tokens: 0, at: now, fullAt: until });
  }

  /** Frames of a session that were refused without a pause between them. */
  refusedFrames(session: Session): number {
    return this.#floods.of(session).refused;
  }

  /** For how many milliseconds a rateKey may not join. */
  barredFor(rateKey: string, now: number): number {
    const until = this.#barredUntil.get(rateKey) ?? this.#stored.get(this.#barKey(rateKey))?.fullAt ?? 0;
    return Math.max(0, until - now);
  }

  /** Keeps the level of a session that has ended, for the return of its rateKey. */
  onLeave(session: Session, now: number): void {
    // The saved level counts for a session that has sent nothing since a wake.
    const saved = session.levelOf(this.#kind);
    if (this.#rate.rate === 0 || saved === undefined) return;
    const bucket = this.#bucketOf(session, now);
    if (bucket.isFull(now)) return;
    const { tokens } = this.#keyed.bucketOf(session.rateKey, now).level(now);
    this.#keyed.save(session.rateKey, Math.min(bucket.level(now).tokens, tokens), now);
  }

  /**
   * Takes the cost of messages of these sizes that are sent without a session. All calls of a rateKey share one bucket.
   * @returns 0, or in how many milliseconds they may be sent again
   */
  takeForCall(rateKey: string, sizes: readonly number[], now: number): number {
    if (this.#rate.rate === 0) return 0;
    const bucket = this.#keyed.bucketOf(rateKey, now);
    const cost = sizes.reduce((sum, size) => sum + costOf(size), 0);
    const wait = bucket.take(cost, now);
    if (wait === 0) this.#keyed.save(rateKey, bucket.level(now).tokens, now);
    return wait;
  }

  #sharedOf(rateKey: string, now: number): TokenBucket {
    if (now - this.#cleanedAt >= CLEANUP_MS) this.#cleanUp(now);
    const known = this.#shared.get(rateKey);
    if (known !== undefined) return known;
    const { rate, burst } = this.#rate;
    const bucket = new TokenBucket(SHARED_FACTOR * rate, SHARED_FACTOR * burst, undefined, now);
    this.#shared.set(rateKey, bucket);
    return bucket;
  }

  #cleanUp(now: number): void {
    this.#cleanedAt = now;
    for (const [rateKey, bucket] of this.#shared) if (bucket.isFull(now)) this.#shared.delete(rateKey);
    for (const [rateKey, until] of this.#barredUntil) if (until <= now) this.#barredUntil.delete(rateKey);
  }

  #bucketOf(session: Session, now: number): TokenBucket {
    const known = this.#buckets.get(session);
    if (known !== undefined) return known;
    const bucket = this.#bucket(session.levelOf(this.#kind), now);
    this.#buckets.set(session, bucket);
    return bucket;
  }

  #barKey(rateKey: string): string {
    return `barred ${this.#kind} ${rateKey}`;
  }

  #bucket(level: BucketLevel | undefined, now: number): TokenBucket {
    return new TokenBucket(this.#rate.rate, this.#rate.burst, level, now);
  }
}

function costOf(size: number): number {
  return 1 + Math.floor(size / PART_SIZE);
}
