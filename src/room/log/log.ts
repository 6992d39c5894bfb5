import { AppendRun } from "./append-run.ts";
import { DedupeIndex, readDedupeIndex } from "./dedupe.ts";
import { epochAt, epochTime } from "./epoch.ts";
import type { LogEntry } from "./log-entry.ts";
import { LogPages } from "./log-pages.ts";
import { bytesAfter, earliestSeqWithin } from "./log-size.ts";
import { emptyState, type LogState, readOldest, readState } from "./log-state.ts";
import { RecentSegments } from "./recent-segments.ts";
import { DAY_MS, type Retention, trimDueAt, trimmed } from "./retention.ts";
import { beginLog } from "./schema.ts";
import type { Segment } from "./segment.ts";
import {
  insertSegment,
  readOperationsAfter,
  readSegmentOf,
  readSegmentsAfter,
  replaceNewest,
  rewriteSegment,
} from "./segment-rows.ts";

export type { LogEntry } from "./log-entry.ts";
export type { Retention } from "./retention.ts";

/** Segments that one call of `trim` removes at most, so that it does not hold the room up. */
const TRIM_SEGMENTS = 1000;

/**
 * The durable, ordered record of one room, in the SQLite of its Durable Object: one row per flush. The first message creates the
 * tables. Until then the log is in memory only, and a read writes nothing.
 */
export class RoomLog {
  readonly #storage: DurableObjectStorage;
  readonly #retention: Retention;
  readonly #room: string;
  readonly #sessionEpoch: () => string | undefined;
  #cachedState: LogState | undefined;
  #dedupe: DedupeIndex | undefined;
  readonly #recent = new RecentSegments();
  /** Pages of the log, for those who read it from anywhere. */
  readonly pages: LogPages;
  /** The newest row, where it holds appends only, as far as this life of the object knows. */
  #run: AppendRun | undefined;
  /** When the log was erased last, as far as this life of the object knows: milliseconds. */
  #erasedAt = 0;

  /**
   * @param room tells the epochs of this room apart from those of others
   * @param sessionEpoch the epoch that open sessions have of a log that was not stored before the object went out of memory
   */
  constructor(
    storage: DurableObjectStorage,
    retention: Retention,
    room: string,
    sessionEpoch: () => string | undefined = () => undefined,
  ) {
    this.#storage = storage;
    this.#retention = retention;
    this.#room = room;
    this.#sessionEpoch = sessionEpoch;
    this.pages = new LogPages(this, storage.sql);
  }

  /** Changes only when the log is erased, or when the storage of an empty log is released. */
  get epoch(): string {
    return this.#state.epoch;
  }

  /** The seq of the newest message; 0 if there was none yet. */
  get last(): number {
    return this.#state.last;
  }

  /** The seq of the newest message that retention has removed; 0 if there is none. */
  get floor(): number {
    return this.#state.floor;
  }

  /** The time of the newest message, in milliseconds; 0 if there was none. */
  get lastAt(): number {
    return this.#state.at;
  }

  /** Whether the log holds no message. */
  get isEmpty(): boolean {
    return this.#state.last === this.#state.floor;
  }

  /** Whether the epoch is stored. */
  get isStored(): boolean {
    return this.#state.isStored;
  }

  /** The time for the next segment, in milliseconds. It is never before the last one, even if the clock is set back. */
  timestamp(): number {
    return Math.max(Date.now(), this.#state.at);
  }

  /** The seq of the message with this id, if it is within the dedupe window. */
  seqOf(id: string): number | undefined {
    this.#dedupe ??= this.isEmpty
      ? new DedupeIndex(this.#retention.dedupe)
      : readDedupeIndex(this.#storage.sql, this.#retention.dedupe);
    const seq = this.#dedupe.seqOf(id);
    // The id of a removed message may be used again, although the index still has it.
    return seq !== undefined && seq > this.#state.floor ? seq : undefined;
  }

  /**
   * Whether a client with the cursor `<epoch>.0` may begin at the start of this log. Such a client holds no message, and an epoch
   * in which no message was published is lost with the object, so the client missed nothing. The answer is no for an epoch so old that
   * retention may have emptied its log, and for one from before an erase that the object remembers.
   */
  isContinuedBy(epoch: string): boolean {
    const began = epochTime(this.#room, epoch);
    if (began === undefined) return false;
    const now = Date.now();
    return began <= now && began > Math.max(now - this.#retention.days * DAY_MS, this.#erasedAt);
  }

  /** Stores the epoch, and creates the tables, unless that is done. */
  storeEpoch(): void {
    const state = this.#state;
    if (state.isStored) return;
    this.#storage.transactionSync(() => beginLog(this.#storage.sql, state.epoch));
    state.isStored = true;
  }

  /** Appends segments, all or none. */
  append(entries: readonly LogEntry[]): void {
    this.stage(entries).commit();
  }

  /**
   * Stores segments, all or none. In memory they are appended by `commit`, which the caller makes once nothing can roll them back.
   * @returns `rows`: the first seq of the row of each, which an earlier flush may have begun
   */
  stage(entries: readonly LogEntry[]): { rows: readonly number[]; commit(): void } {
    const state = this.#state;
    const newest = entries.at(-1);
    if (newest === undefined) return { rows: [], commit: () => {} };
    let { total } = state;
    let run = this.#run;
    const rows: { entry: LogEntry; isJoined: boolean }[] = [];
    const insert = () => {
      if (!state.isStored) beginLog(this.#storage.sql, state.epoch);
      for (const entry of entries) {
        const joined = run?.extendedBy(entry);
        run = joined ?? AppendRun.of(entry);
        const row = { entry: joined?.entry ?? entry, isJoined: joined !== undefined };
        total = row.isJoined
          ? replaceNewest(this.#storage.sql, row.entry)
          : insertSegment(this.#storage.sql, row.entry, total ?? state.bytes);
        rows.push(row);
      }
    };
    if (entries.length === 1 && state.isStored) insert();
    else this.#storage.transactionSync(insert);
    const commit = () => this.#commit(entries, rows, run, total);
    return { rows: rows.map(({ entry }) => entry.segment.first), commit };
  }

  #commit(
    entries: readonly LogEntry[],
    rows: readonly { entry: LogEntry; isJoined: boolean }[],
    run: AppendRun | undefined,
    total: number | null,
  ): void {
    const state = this.#state;
    const { segment: newest } = entries[entries.length - 1] as LogEntry;
    state.bytes += (total ?? 0) - (state.total ?? state.bytes);
    state.total = total;
    state.isStored = true;
    state.last = newest.last;
    state.at = newest.at;
    state.oldest ??= rows[0]?.entry.segment;
    this.#run = run;
    for (const { segment, ids } of entries) {
      state.light += segment.light;
      ids.forEach((id, i) => void this.#dedupe?.add(id, segment.first + i));
    }
    for (const { entry, isJoined } of rows) {
      if (isJoined) this.#recent.replace(entry.segment);
      else this.#recent.add(entry.segment);
    }
  }

  /** The segment that holds a message; undefined where the log has no such message. */
  segmentOf(seq: number): Segment | undefined {
    if (seq <= this.#state.floor || seq > this.#state.last) return undefined;
    return readSegmentOf(this.#storage.sql, seq);
  }

  /** The segments with operations that have messages after `seq`, oldest first. The first one may begin before it. */
  operationsAfter(seq: number): Iterable<Segment> {
    return this.isEmpty ? [] : readOperationsAfter(this.#storage.sql, seq);
  }

  /** Replaces the content of a stored segment. In memory it is replaced by the function that is returned. */
  rewrite(segment: Segment): () => void {
    const freed = rewriteSegment(this.#storage.sql, segment);
    // The function outlives the loop over all rows of a message, so it holds no row that is not in memory anyway.
    const recent = this.#recent.has(segment.first) ? segment : undefined;
    return () => {
      this.#state.bytes -= freed;
      if (recent !== undefined) this.#recent.replace(recent);
      // The run has the content from before.
      this.#run = undefined;
    };
  }

  /** Resolves once everything appended is on disk, so that its acknowledgements may be sent. */
  synced(): Promise<void> {
    return this.#storage.sync();
  }

  /**
   * When the log is to be trimmed, in milliseconds; undefined if it holds no message.
   * @param deliveredSeq messages after it are not delivered to a webhook yet, so they stay longer, within bounds
   */
  trimDue(deliveredSeq?: number): number | undefined {
    return trimDueAt(this.#state, this.#retention, deliveredSeq);
  }

  /** Removes whole segments beyond the retention from the front, and raises the floor. @param deliveredSeq as for `trimDue` */
  trim(now: number, deliveredSeq?: number): void {
    const state = this.#state;
    if (state.oldest === undefined) return;
    const { sql } = this.#storage;
    const rows = sql.exec<{ last: number; at: number; size: number; light: number }>(
      "SELECT last, at, octet_length(body) AS size, coalesce(light, 0) AS light FROM dormouse_segments ORDER BY first LIMIT ?",
      TRIM_SEGMENTS,
    );
    const { floor, bytes, light } = trimmed(rows, state, this.#retention, deliveredSeq, now);
    if (floor === state.floor) return;
    this.#storage.transactionSync(() => {
      sql.exec("DELETE FROM dormouse_segments WHERE first <= ?", floor);
      sql.exec("INSERT OR REPLACE INTO dormouse_meta (key, value) VALUES ('floor', ?)", floor);
    });
    state.floor = floor;
    state.bytes = bytes;
    state.light = light;
    state.oldest = readOldest(sql);
  }

  /** Removes all messages, and begins a new epoch. */
  erase(): void {
    const { isStored } = this.#state;
    const epoch = this.#nextEpoch();
    if (isStored) {
      this.#storage.transactionSync(() => {
        this.#storage.sql.exec("DELETE FROM dormouse_segments");
        this.#storage.sql.exec("DELETE FROM dormouse_meta");
        beginLog(this.#storage.sql, epoch);
      });
    }
    this.#reset(emptyState(epoch, isStored));
    this.#erasedAt = Date.now();
  }

  /**
   * Replaces the log by another one, in a transaction. It must be empty.
   * @param write writes the tables, under the epoch that it receives
   */
  replace(write: (epoch: string) => void): void {
    const epoch = this.#nextEpoch();
    this.#storage.transactionSync(() => write(epoch));
    this.#reset(undefined);
    this.#erasedAt = Date.now();
  }

  /** The storage was deleted: a new epoch begins, in memory only. */
  onStorageDeleted(): void {
    this.#reset(emptyState(this.#nextEpoch(), false));
  }

  /** The segments with messages after `seq`, oldest first. The first one may begin before it. */
  *after(seq: number): Generator<Segment> {
    if (this.isEmpty || seq >= this.#state.last) return;
    const recent = this.#recent.after(seq);
    if (recent !== undefined) return yield* recent;
    yield* readSegmentsAfter(this.#storage.sql, seq);
  }

  /** The bytes of the segments with messages after `seq`. Reads no body. */
  bytesAfter(seq: number): number {
    return bytesAfter(this.#storage.sql, this.#state, seq);
  }

  /** The earliest seq, from `seq` on, after which the log has at most this many bytes. */
  earliestSeqWithin(seq: number, bytes: number): number {
    return this.isEmpty ? seq : earliestSeqWithin(this.#storage.sql, seq, bytes);
  }

  /** Forgets the log in memory. @param state the new one, or undefined to read it */
  #reset(state: LogState | undefined): void {
    this.#cachedState = state;
    this.#dedupe = undefined;
    this.#recent.clear();
    this.#run = undefined;
  }

  /** Differs from the current epoch even if the clock stands still or was set back. */
  #nextEpoch(): string {
    const before = epochTime(this.#room, this.#state.epoch) ?? 0;
    return epochAt(this.#room, Math.max(Date.now(), before + 1));
  }

  get #state(): LogState {
    this.#cachedState ??= this.#storage.transactionSync(() =>
      readState(this.#storage.sql, () => this.#sessionEpoch() ?? epochAt(this.#room, Date.now())),
    );
    return this.#cachedState;
  }
}
