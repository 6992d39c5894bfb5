import * as v from "valibot";
import type { HistoryMessage } from "../protocol/down.ts";
import { Dedupe } from "./dedupe.ts";
import { RecentSegments } from "./recent-segments.ts";
import { historyMessages, type Segment } from "./segment.ts";

/** What a log keeps: `messages` and `days` bound the history, `dedupe` is the number of newest ids that are known. */
export type Retention = { messages: number; days: number; dedupe: number };

/** A segment to be stored, with the ids of its messages in their order. */
export type Entry = { segment: Segment; ids: readonly string[] };

/** Version of the tables, kept in `meta`, so that a later version can tell what it finds. */
const SCHEMA_VERSION = 1;

/** Bytes that one page of history may weigh, so that an answer stays far from the size where a frame hurts. */
const HISTORY_PAGE_BYTES = 1024 * 1024;

/** Where a log stands. `floor`: messages up to it are gone; a cursor at it or above can be resumed. */
type Head = { epoch: string; last: number; at: number; floor: number; oldest: Oldest | undefined };

/** The first segment that is left. */
type Oldest = { last: number; at: number };

type Row = { first: number; last: number; at: number; body: string | ArrayBuffer };
/** Messages, oldest first; `more`: there are more in the direction that was asked for. */
export type Page = { messages: HistoryMessage[]; more: boolean };

const idsSchema = v.array(v.string());
type MetaRow = { key: string; value: string | number };

const DAY_MS = 86_400_000;

/** Trimming waits until this part of the history is over its bound, so that it is done for many segments at a time. */
const TRIM_SLACK = 0.1;

/** Segments that one trim removes, so that it does not hold the room up. */
const TRIM_SEGMENTS = 1000;

const KIND = { json: 0, binary: 1 } as const;

/**
 * The durable, ordered record of one room, over the SQLite of its Durable Object: one row per flush.
 * The tables are made when the room is first used.
 */
export class RoomLog {
  readonly #storage: DurableObjectStorage;
  readonly #retention: Retention;
  #open: Head | undefined;
  #dedupe: Dedupe | undefined;
  readonly #recent = new RecentSegments();

  constructor(storage: DurableObjectStorage, retention: Retention) {
    this.#storage = storage;
    this.#retention = retention;
  }

  /** Changes only when the log is erased. */
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

  /** The time for the next segment, in milliseconds; never before that of the last one, whatever the clock does. */
  timestamp(): number {
    return Math.max(Date.now(), this.#head.at);
  }

  /** The seq of the message with this id, if it is one of the newest ones. */
  seqOf(id: string): number | undefined {
    this.#dedupe ??= this.#readIds();
    const seq = this.#dedupe.seqOf(id);
    // An id whose message was trimmed is new again, also as long as it is in memory.
    return seq !== undefined && seq > this.#head.floor ? seq : undefined;
  }

  /** Stores segments that follow the log, all or none. */
  append(entries: readonly Entry[]): void {
    const head = this.#head;
    const newest = entries.at(-1);
    if (newest === undefined) return;
    if (entries.length === 1) this.#insert(newest);
    else {
      this.#storage.transactionSync(() => {
        for (const entry of entries) this.#insert(entry);
      });
    }
    head.last = newest.segment.last;
    head.at = newest.segment.at;
    head.oldest ??= entries[0]?.segment;
    for (const { segment, ids } of entries) {
      this.#recent.add(segment);
      ids.forEach((id, i) => void this.#dedupe?.note(id, segment.first + i));
    }
  }

  /** Resolves once all that was appended is on disk, and so what depends on it can leave. */
  synced(): Promise<void> {
    return this.#storage.sync();
  }

  /** When the log next wants to be trimmed, in milliseconds; undefined where nothing in it can grow old. */
  trimDue(): number | undefined {
    const { last, floor, oldest } = this.#head;
    if (oldest === undefined) return undefined;
    const { messages, days } = this.#retention;
    // A segment goes as a whole, so it stays as long as one of its messages is to be kept.
    const isOver = last - floor > messages * (1 + TRIM_SLACK) && last - oldest.last >= messages;
    return isOver ? 0 : oldest.at + days * DAY_MS;
  }

  /** Removes whole segments from the front that are beyond the bounds, and raises the floor. */
  trim(now: number): void {
    const head = this.#head;
    const { messages, days } = this.#retention;
    let floor = head.floor;
    const rows = this.#sql.exec<Row>("SELECT last, at FROM segments ORDER BY first LIMIT ?", TRIM_SEGMENTS);
    for (const { last, at } of rows) {
      if (head.last - last < messages && at > now - days * DAY_MS) break;
      floor = last;
    }
    if (floor === head.floor) return;
    this.#storage.transactionSync(() => {
      this.#sql.exec("DELETE FROM segments WHERE first <= ?", floor);
      this.#sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES ('floor', ?)", floor);
    });
    head.floor = floor;
    head.oldest = readOldest(this.#sql);
  }

  /** Removes all of it, and begins anew under another epoch. */
  erase(): void {
    this.#storage.transactionSync(() => {
      this.#sql.exec("DELETE FROM segments");
      this.#sql.exec("DELETE FROM meta");
      begin(this.#sql);
    });
    this.#open = undefined;
    this.#dedupe = undefined;
    this.#recent.clear();
  }

  /** The segments that hold what came after `seq`, oldest first; the first may begin before it. */
  *after(seq: number): Generator<Segment> {
    if (seq >= this.#head.last) return;
    const recent = this.#recent.after(seq);
    if (recent !== undefined) return yield* recent;
    yield* this.#sql.exec<Row>(
      `SELECT first, last, at, body FROM segments
       WHERE first >= (SELECT coalesce(max(first), 0) FROM segments WHERE first <= ?) ORDER BY first`,
      seq + 1,
    );
  }

  /** The least seq, from `seq` on, after which there are no more than so many bytes, or characters of text. */
  within(seq: number, bytes: number): number {
    let rest = bytes;
    const rows = this.#sql.exec<{ last: number; size: number }>(
      "SELECT last, length(body) AS size FROM segments ORDER BY first DESC",
    );
    for (const { last, size } of rows) {
      if (last <= seq) return seq;
      rest -= size;
      if (rest < 0) return last;
    }
    return seq;
  }

  /**
   * The last `limit` messages with a seq below `before`, oldest first; fewer where they would weigh too much.
   * `more`: there are older ones.
   */
  pageBefore(before: number, limit: number): Page {
    const rows = this.#sql.exec<Row>(
      "SELECT first, last, at, body FROM segments WHERE first < ? ORDER BY first DESC",
      before,
    );
    const messages = collect(rows, limit, (messages, room) =>
      messages.filter(({ seq }) => seq < before).slice(-room),
    )
      .reverse()
      .flat();
    const oldest = messages[0]?.seq ?? Math.min(before, this.#head.last + 1);
    return { messages, more: oldest > this.#head.floor + 1 };
  }

  /**
   * The first `limit` messages with a seq above `after`, oldest first, of no more segments than weigh so many `bytes`.
   * `more`: there are newer ones.
   */
  pageAfter(after: number, limit: number, bytes = HISTORY_PAGE_BYTES): Page {
    const newer = (messages: HistoryMessage[], room: number) =>
      messages.filter(({ seq }) => seq > after).slice(0, room);
    const messages = collect(this.after(after), limit, newer, bytes).flat();
    const newest = messages.at(-1)?.seq ?? Math.max(after, this.#head.floor);
    return { messages, more: newest < this.#head.last };
  }

  /** The tables, which the first look makes. */
  get #sql(): SqlStorage {
    void this.#head;
    return this.#storage.sql;
  }

  get #head(): Head {
    this.#open ??= this.#storage.transactionSync(() => this.#readHead(this.#storage.sql));
    return this.#open;
  }

  #insert({ segment: { first, last, at, body }, ids }: Entry): void {
    this.#sql.exec(
      "INSERT INTO segments (first, last, at, kind, ids, body) VALUES (?, ?, ?, ?, ?, ?)",
      first,
      last,
      at,
      typeof body === "string" ? KIND.json : KIND.binary,
      JSON.stringify(ids),
      body,
    );
  }

  /** The ids stand in a column before the body, so that reading them does not read the messages. */
  #readIds(): Dedupe {
    const newest: { first: number; ids: string[] }[] = [];
    let count = 0;
    for (const { first, ids } of this.#sql.exec<{ first: number; ids: string }>(
      "SELECT first, ids FROM segments ORDER BY first DESC",
    )) {
      if (count >= this.#retention.dedupe) break;
      const parsed = v.parse(idsSchema, JSON.parse(ids));
      newest.push({ first, ids: parsed });
      count += parsed.length;
    }
    const dedupe = new Dedupe(this.#retention.dedupe);
    for (const { first, ids } of newest.reverse()) ids.forEach((id, i) => void dedupe.note(id, first + i));
    return dedupe;
  }

  #readHead(sql: SqlStorage): Head {
    sql.exec(
      `CREATE TABLE IF NOT EXISTS segments
       (first INTEGER PRIMARY KEY, last INTEGER, at INTEGER, kind INTEGER, ids TEXT, body)`,
    );
    sql.exec("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID");
    const meta = new Map(
      sql
        .exec<MetaRow>("SELECT key, value FROM meta")
        .toArray()
        .map((row) => [row.key, row.value]),
    );
    const version = meta.get("version");
    if (version !== undefined && version !== SCHEMA_VERSION) {
      throw new Error(`This log is of version ${version}, made by a newer server than this one.`);
    }
    const epoch = String(meta.get("epoch") ?? begin(sql));
    const floor = Number(meta.get("floor") ?? 0);
    const newest = sql.exec<Row>("SELECT last, at FROM segments ORDER BY first DESC LIMIT 1").toArray()[0];
    const last = newest?.last ?? floor;
    return { epoch, last, at: newest?.at ?? 0, floor, oldest: readOldest(sql) };
  }
}

function begin(sql: SqlStorage): string {
  const epoch = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  sql.exec("INSERT INTO meta (key, value) VALUES ('epoch', ?), ('version', ?)", epoch, SCHEMA_VERSION);
  return epoch;
}

function readOldest(sql: SqlStorage): Oldest | undefined {
  return sql.exec<Oldest>("SELECT last, at FROM segments ORDER BY first LIMIT 1").toArray()[0];
}

/** Takes messages from segments, each time with what there is still room for, until there are enough or they weigh too much. */
function collect(
  segments: Iterable<Segment>,
  limit: number,
  take: (messages: HistoryMessage[], room: number) => HistoryMessage[],
  mostBytes = HISTORY_PAGE_BYTES,
): HistoryMessage[][] {
  const taken: HistoryMessage[][] = [];
  let count = 0;
  let bytes = 0;
  for (const segment of segments) {
    bytes += typeof segment.body === "string" ? segment.body.length : segment.body.byteLength * (4 / 3);
    if (count > 0 && bytes > mostBytes) break;
    const messages = take(historyMessages(segment), limit - count);
    taken.push(messages);
    count += messages.length;
    if (count >= limit) break;
  }
  return taken;
}
