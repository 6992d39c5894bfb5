import { DedupeIndex, readDedupeIndex } from "./dedupe.ts";
import { epochAt, epochTime } from "./epoch.ts";
import { emptyHead, type Head, readHead, readOldest, sumFrom } from "./head.ts";
import { PAGE_BYTES, type Page, pageMessages, pageText, type Span, spanAfter, spanBefore } from "./pages.ts";
import { RecentSegments } from "./recent-segments.ts";
import { boundsFor, type Retention } from "./retention.ts";
import { beginLog, KIND } from "./schema.ts";
import type { Segment } from "./segment.ts";

export type { Retention } from "./retention.ts";

/** A segment to be stored, with the ids of its messages in their order. */
export type LogEntry = { segment: Segment; ids: readonly string[] };

type Row = { first: number; last: number; at: number; sizes: string | null; body: string | ArrayBuffer };

const DAY_MS = 86_400_000;

/** Trimming waits until this part of the history is over its bound, so that it is done for many segments at a time. */
const TRIM_SLACK = 0.1;

/** Segments that one trim removes, so that it does not hold the room up. */
const TRIM_SEGMENTS = 1000;

/**
 * The durable, ordered record of one room, over the SQLite of its Durable Object: one row per flush. The first message makes the
 * tables; until then the log is in memory only, and looking at it writes nothing.
 */
export class RoomLog {
  readonly #storage: DurableObjectStorage;
  readonly #retention: Retention;
  readonly #room: string;
  readonly #heldEpoch: () => string | undefined;
  #open: Head | undefined;
  #dedupe: DedupeIndex | undefined;
  readonly #recent = new RecentSegments();
  /** When the log was erased in this life of the object: milliseconds. */
  #erasedAt = 0;

  /**
   * @param room tells its epochs apart from those of other rooms
   * @param heldEpoch the epoch that open sessions were told, of a log that no message was stored in yet
   */
  constructor(
    storage: DurableObjectStorage,
    retention: Retention,
    room: string,
    heldEpoch: () => string | undefined = () => undefined,
  ) {
    this.#storage = storage;
    this.#retention = retention;
    this.#room = room;
    this.#heldEpoch = heldEpoch;
  }

  /** Changes only when the log is erased, or when nothing was left of it. */
  get epoch(): string {
    return this.#head.epoch;
  }

  /** The seq of the newest message; 0 where there is none yet. */
  get last(): number {
    return this.#head.last;
  }

  /** The seq of the newest message that is gone; 0 where none is. */
  get floor(): number {
    return this.#head.floor;
  }

  /** Whether there is no message in it. */
  get isEmpty(): boolean {
    return this.#head.last === this.#head.floor;
  }

  /** Whether the epoch is on disk. */
  get isStored(): boolean {
    return this.#head.isStored;
  }

  /** The time for the next segment, in milliseconds; never before that of the last one, whatever the clock does. */
  timestamp(): number {
    return Math.max(Date.now(), this.#head.at);
  }

  /** The seq of the message with this id, if it is one of the newest ones. */
  seqOf(id: string): number | undefined {
    this.#dedupe ??= this.isEmpty
      ? new DedupeIndex(this.#retention.dedupe)
      : readDedupeIndex(this.#storage.sql, this.#retention.dedupe);
    const seq = this.#dedupe.seqOf(id);
    // An id whose message was trimmed is new again, also as long as it is in memory.
    return seq !== undefined && seq > this.#head.floor ? seq : undefined;
  }

  /**
   * Whether a client that holds no message of another epoch (`<epoch>.0`) may begin at the start of this log. An epoch is told to
   * whoever joins, and is forgotten with the object where nobody published; such a client missed nothing. An epoch so old that
   * retention may have emptied its log, or from before an erase that the object remembers, does not count.
   */
  isContinuedBy(epoch: string): boolean {
    const began = epochTime(this.#room, epoch);
    if (began === undefined) return false;
    const now = Date.now();
    return began <= now && began > Math.max(now - this.#retention.days * DAY_MS, this.#erasedAt);
  }

  /** Writes the epoch down, where it is in memory only. */
  storeEpoch(): void {
    const head = this.#head;
    if (head.isStored) return;
    this.#storage.transactionSync(() => beginLog(this.#storage.sql, head.epoch));
    head.isStored = true;
  }

  /** Stores segments that follow the log, all or none. */
  append(entries: readonly LogEntry[]): void {
    const head = this.#head;
    const newest = entries.at(-1);
    if (newest === undefined) return;
    let { total } = head;
    const insert = () => {
      if (!head.isStored) beginLog(this.#storage.sql, head.epoch);
      for (const entry of entries) total = this.#insert(entry, total ?? head.bytes);
    };
    if (entries.length === 1 && head.isStored) insert();
    else this.#storage.transactionSync(insert);
    head.bytes += (total ?? 0) - (head.total ?? head.bytes);
    head.total = total;
    head.isStored = true;
    head.last = newest.segment.last;
    head.at = newest.segment.at;
    head.oldest ??= entries[0]?.segment;
    for (const { segment, ids } of entries) {
      this.#recent.add(segment);
      ids.forEach((id, i) => void this.#dedupe?.add(id, segment.first + i));
    }
  }

  /** Resolves once all that was appended is on disk, and so what depends on it can leave. */
  synced(): Promise<void> {
    return this.#storage.sync();
  }

  /**
   * When the log next wants to be trimmed, in milliseconds; undefined where nothing in it can grow old.
   * @param told messages after this seq are still to be told to a webhook, and are kept somewhat longer
   */
  trimDue(told?: number): number | undefined {
    const { last, floor, oldest, bytes: weight } = this.#head;
    if (oldest === undefined) return undefined;
    const slack = 1 + TRIM_SLACK;
    const { messages, bytes, ms } = boundsFor(this.#retention, oldest.last, told);
    // A segment goes as a whole, so it stays as long as one of its messages is to be kept.
    const isLong = last - floor > messages * slack && last - oldest.last >= messages;
    const isHeavy = weight > bytes * slack && last > oldest.last;
    return isLong || isHeavy ? 0 : oldest.at + ms;
  }

  /**
   * Removes whole segments from the front that are beyond the bounds, and raises the floor.
   * @param told as for `trimDue`
   */
  trim(now: number, told?: number): void {
    const head = this.#head;
    if (head.oldest === undefined) return;
    let { floor, bytes: weight } = head;
    const rows = this.#storage.sql.exec<{ last: number; at: number; size: number }>(
      "SELECT last, at, octet_length(body) AS size FROM segments ORDER BY first LIMIT ?",
      TRIM_SEGMENTS,
    );
    for (const { last, at, size } of rows) {
      const { messages, bytes, ms } = boundsFor(this.#retention, last, told);
      const isOver = head.last - last >= messages || (weight > bytes && last < head.last);
      if (!isOver && at > now - ms) break;
      floor = last;
      weight -= size;
    }
    if (floor === head.floor) return;
    this.#storage.transactionSync(() => {
      this.#storage.sql.exec("DELETE FROM segments WHERE first <= ?", floor);
      this.#storage.sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES ('floor', ?)", floor);
    });
    head.floor = floor;
    head.bytes = weight;
    head.oldest = readOldest(this.#storage.sql);
  }

  /** Removes all of it, and begins anew under another epoch. */
  erase(): void {
    const { isStored } = this.#head;
    const epoch = this.#nextEpoch();
    if (isStored) {
      this.#storage.transactionSync(() => {
        this.#storage.sql.exec("DELETE FROM segments");
        this.#storage.sql.exec("DELETE FROM meta");
        beginLog(this.#storage.sql, epoch);
      });
    }
    this.#open = emptyHead(epoch, isStored);
    this.#dedupe = undefined;
    this.#recent.clear();
    this.#erasedAt = Date.now();
  }

  /** The storage was deleted: another epoch begins, which is in memory only. */
  onStorageDeleted(): void {
    this.#open = emptyHead(this.#nextEpoch(), false);
    this.#dedupe = undefined;
    this.#recent.clear();
  }

  /** The segments that hold what came after `seq`, oldest first; the first may begin before it. */
  *after(seq: number): Generator<Segment> {
    if (this.isEmpty || seq >= this.#head.last) return;
    const recent = this.#recent.after(seq);
    if (recent !== undefined) return yield* recent;
    yield* this.#storage.sql.exec<Row>(
      `SELECT first, last, at, sizes, body FROM segments
       WHERE first >= (SELECT coalesce(max(first), 0) FROM segments WHERE first <= ?) ORDER BY first`,
      seq + 1,
    );
  }

  /** Bytes of the segments that hold what came after `seq`: by the table, without reading them. */
  bytesAfter(seq: number): number {
    const { bytes, floor, last, total } = this.#head;
    if (seq >= last) return 0;
    if (seq <= floor) return bytes;
    const { sql } = this.#storage;
    const { first, start } = sql
      .exec<{ first: number; start: number | null }>(
        "SELECT first, total - octet_length(body) AS start FROM segments WHERE first <= ? ORDER BY first DESC LIMIT 1",
        seq + 1,
      )
      .one();
    return total === null || start === null ? sumFrom(sql, first) : total - start;
  }

  /** The least seq, from `seq` on, after which there are no more than so many bytes. */
  seqWithin(seq: number, bytes: number): number {
    if (this.isEmpty) return seq;
    let rest = bytes;
    const rows = this.#storage.sql.exec<{ last: number; size: number }>(
      "SELECT last, octet_length(body) AS size FROM segments ORDER BY first DESC",
    );
    for (const { last, size } of rows) {
      if (last <= seq) return seq;
      rest -= size;
      if (rest < 0) return last;
    }
    return seq;
  }

  /** A page of the last `limit` messages with a seq below `before`. */
  spanBefore(before: number, limit: number): Span {
    return spanBefore(this.#storage.sql, this.#head, before, limit);
  }

  /** A page of the first `limit` messages with a seq above `after`. */
  spanAfter(after: number, limit: number): Span {
    return spanAfter(this.#storage.sql, this.#head, after, limit);
  }

  /** The messages of a page as a JSON array, oldest first: put together from what is stored, and not parsed. */
  textOf(span: Span): string {
    return pageText(this.after(span.first - 1), span);
  }

  /**
   * The first `limit` messages with a seq above `after`, oldest first, of no more segments than weigh so many `bytes`.
   * `more`: there are newer ones.
   */
  pageAfter(after: number, limit: number, bytes = PAGE_BYTES): Page {
    const span = spanAfter(this.#storage.sql, this.#head, after, limit, bytes);
    return { messages: pageMessages(this.after(span.first - 1), span), more: span.more };
  }

  /** The last `limit` messages with a seq below `before`, oldest first. `more`: there are older ones. */
  pageBefore(before: number, limit: number): Page {
    const span = this.spanBefore(before, limit);
    return { messages: pageMessages(this.after(span.first - 1), span), more: span.more };
  }

  /** Another than that of the log that is there, also where the clock stands still or was set back. */
  #nextEpoch(): string {
    const before = epochTime(this.#room, this.#head.epoch) ?? 0;
    return epochAt(this.#room, Math.max(Date.now(), before + 1));
  }

  get #head(): Head {
    this.#open ??= this.#storage.transactionSync(() =>
      readHead(this.#storage.sql, () => this.#heldEpoch() ?? epochAt(this.#room, Date.now())),
    );
    return this.#open;
  }

  /** The `total` of the row comes back. */
  #insert({ segment: { first, last, at, sizes, body }, ids }: LogEntry, before: number): number {
    const kind = typeof body === "string" ? KIND.json : KIND.binary;
    return this.#storage.sql
      .exec<{ total: number }>(
        `INSERT INTO segments (first, last, at, kind, total, ids, sizes, body)
         VALUES (?1, ?2, ?3, ?4, ?5 + octet_length(?8), ?6, ?7, ?8) RETURNING total`,
        first,
        last,
        at,
        kind,
        before,
        JSON.stringify(ids),
        sizes,
        body,
      )
      .one().total;
  }
}
