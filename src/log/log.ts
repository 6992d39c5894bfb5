import type { HistoryMessage } from "../protocol/down.ts";
import { historyMessages, type Segment } from "./segment.ts";

/** Version of the tables, kept in `meta`, so that a later version can tell what it finds. */
const SCHEMA_VERSION = 1;

/** Bytes that one page of history may weigh, so that an answer stays far from the size where a frame hurts. */
const HISTORY_PAGE_BYTES = 1024 * 1024;

/** Where a log stands. `floor`: messages up to it are gone; a cursor at it or above can be resumed. */
type Head = { epoch: string; last: number; at: number; floor: number };

type Row = { first: number; last: number; at: number; body: string | ArrayBuffer };
type MetaRow = { key: string; value: string | number };

const KIND = { json: 0, binary: 1 } as const;

/**
 * The durable, ordered record of one room, over the SQLite of its Durable Object: one row per flush.
 * The tables are made when the room is first used.
 */
export class RoomLog {
  readonly #storage: DurableObjectStorage;
  #open: Head | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
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

  /** Stores segments that follow the log, all or none. */
  append(segments: readonly Segment[]): void {
    const head = this.#head;
    const newest = segments.at(-1);
    if (newest === undefined) return;
    if (segments.length === 1) this.#insert(newest);
    else this.#storage.transactionSync(() => segments.forEach((segment) => void this.#insert(segment)));
    head.last = newest.last;
    head.at = newest.at;
  }

  /** The segments that hold what came after `seq`, oldest first; the first may begin before it. */
  *after(seq: number): Generator<Segment> {
    if (seq >= this.#head.last) return;
    yield* this.#sql.exec<Row>(
      `SELECT first, last, at, body FROM segments
       WHERE first >= (SELECT coalesce(max(first), 0) FROM segments WHERE first <= ?) ORDER BY first`,
      seq + 1,
    );
  }

  /**
   * The last `limit` messages with a seq below `before`, oldest first; fewer where they would weigh too much.
   * `more`: there are older ones.
   */
  page(before: number, limit: number): { messages: HistoryMessage[]; more: boolean } {
    const pages: HistoryMessage[][] = [];
    let count = 0;
    let bytes = 0;
    let oldest = Math.min(before, this.#head.last + 1);
    const rows = this.#sql.exec<Row>(
      "SELECT first, last, at, body FROM segments WHERE first < ? ORDER BY first DESC",
      before,
    );
    for (const segment of rows) {
      bytes += typeof segment.body === "string" ? segment.body.length : segment.body.byteLength * (4 / 3);
      if (count > 0 && bytes > HISTORY_PAGE_BYTES) break;
      const messages = historyMessages(segment).filter((message) => message.seq < before);
      const taken = messages.slice(Math.max(0, messages.length - (limit - count)));
      pages.push(taken);
      count += taken.length;
      oldest = taken[0]?.seq ?? oldest;
      if (count >= limit) break;
    }
    return { messages: pages.reverse().flat(), more: oldest > this.#head.floor + 1 };
  }

  get #sql(): SqlStorage {
    return this.#storage.sql;
  }

  get #head(): Head {
    this.#open ??= this.#storage.transactionSync(() => this.#readHead());
    return this.#open;
  }

  #insert({ first, last, at, body }: Segment): void {
    const kind = typeof body === "string" ? KIND.json : KIND.binary;
    this.#sql.exec(
      "INSERT INTO segments (first, last, at, kind, body) VALUES (?, ?, ?, ?, ?)",
      first,
      last,
      at,
      kind,
      body,
    );
  }

  #readHead(): Head {
    this.#sql.exec(
      "CREATE TABLE IF NOT EXISTS segments (first INTEGER PRIMARY KEY, last INTEGER, at INTEGER, kind INTEGER, body)",
    );
    this.#sql.exec("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID");
    const meta = new Map(
      this.#sql
        .exec<MetaRow>("SELECT key, value FROM meta")
        .toArray()
        .map((row) => [row.key, row.value]),
    );
    const version = meta.get("version");
    if (version !== undefined && version !== SCHEMA_VERSION) {
      throw new Error(`This log is of version ${version}, made by a newer server than this one.`);
    }
    const epoch = String(meta.get("epoch") ?? this.#begin());
    const floor = Number(meta.get("floor") ?? 0);
    const newest = this.#sql
      .exec<Row>("SELECT last, at FROM segments ORDER BY first DESC LIMIT 1")
      .toArray()[0];
    return { epoch, last: newest?.last ?? floor, at: newest?.at ?? 0, floor };
  }

  #begin(): string {
    const epoch = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
    this.#sql.exec(
      "INSERT INTO meta (key, value) VALUES ('epoch', ?), ('version', ?)",
      epoch,
      SCHEMA_VERSION,
    );
    return epoch;
  }
}
