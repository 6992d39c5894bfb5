import {
  PAGE_BYTES,
  type Page,
  type PageRange,
  pageJson,
  pageMessages,
  type RowOfPage,
  rangeAfter,
  rangeBefore,
  rowsAfter,
  rowsBefore,
} from "./pages.ts";
import { authorOf, type Segment, seqsOfMessages } from "./segment.ts";
import { readSegmentOf } from "./segment-rows.ts";

type Log = {
  readonly last: number;
  readonly floor: number;
  readonly isEmpty: boolean;
  after(seq: number): Iterable<Segment>;
};

/** Reads pages of a log, and what decides where they begin. */
export class LogPages {
  readonly #log: Log;
  readonly #sql: SqlStorage;

  constructor(log: Log, sql: SqlStorage) {
    this.#log = log;
    this.#sql = sql;
  }

  /** The seq before the newest `count` messages that are no operations; the floor where there are fewer. */
  beforeNewest(count: number): number {
    const { last, floor } = this.#log;
    if (count <= 0 || last === floor) return last;
    const rows = this.#sql.exec<{ first: number; last: number; ops: number }>(
      "SELECT first, last, coalesce(ops, 0) AS ops FROM dormouse_segments ORDER BY first DESC",
    );
    let missing = count;
    let oldest = last;
    for (const row of rows) {
      const messages = row.last - row.first + 1 - row.ops;
      if (messages === 0) continue;
      if (missing <= messages)
        return row.ops > 0 ? this.#beforeNewestOf(row.first, missing) : row.last - missing;
      missing -= messages;
      oldest = row.first - 1;
    }
    return Math.max(floor, oldest);
  }

  /** The seq before the newest `count` messages of a row that also holds operations. */
  #beforeNewestOf(first: number, count: number): number {
    return (this.messageSeqs(first).at(-count) ?? first) - 1;
  }

  /** Whether there are more than `count` messages after a seq, where the joined appends of a row count as one. */
  hasMoreAfter(seq: number, count: number): boolean {
    const { last } = this.#log;
    if (last - seq <= count) return false;
    const rows = this.#sql.exec<{ first: number; last: number; isJoined: number }>(
      `SELECT first, last, parts IS NOT NULL AS isJoined FROM dormouse_segments
       WHERE first >= (SELECT coalesce(max(first), 0) FROM dormouse_segments WHERE first <= ?) ORDER BY first`,
      seq + 1,
    );
    let rest = count;
    for (const row of rows) {
      rest -= row.isJoined === 1 ? 1 : row.last - Math.max(row.first - 1, seq);
      if (rest < 0) return true;
    }
    return false;
  }

  /** A page of the last `limit` messages with a seq below `before`. */
  rangeBefore(before: number, limit: number): PageRange {
    return rangeBefore(this.#sql, this.#log, before, limit);
  }

  /** A page of the first `limit` messages with a seq above `after`. */
  rangeAfter(after: number, limit: number): PageRange {
    return rangeAfter(this.#sql, this.#log, after, limit);
  }

  /** The rows with messages before a seq, newest first. */
  rowsBefore(before: number): Iterable<RowOfPage> {
    return this.#log.isEmpty ? [] : rowsBefore(this.#sql, before);
  }

  /** The rows with messages after a seq, oldest first. The first one may begin before it. */
  rowsAfter(after: number): Iterable<RowOfPage> {
    return this.#log.isEmpty ? [] : rowsAfter(this.#sql, after);
  }

  /** The seqs of the messages of a row that are no operations. @param first of the row */
  messageSeqs(first: number): number[] {
    const segment = readSegmentOf(this.#sql, first);
    return segment === undefined ? [] : seqsOfMessages(segment);
  }

  /** The messages of a page as a JSON array, oldest first. Stored JSON is not parsed. */
  json(range: PageRange): string {
    return pageJson(this.#log.after(range.first - 1), range);
  }

  /**
   * The first `limit` messages with a seq above `after`, oldest first, or fewer if their rows would exceed `maxBytes`. `more`:
   * whether there are newer ones.
   */
  after(after: number, limit: number, maxBytes = PAGE_BYTES): Page {
    const range = rangeAfter(this.#sql, this.#log, after, limit, maxBytes);
    return { ...pageMessages(this.#log.after(range.first - 1), range), more: range.more };
  }

  /** The member id of the author of a message or an operation; undefined where the log has no such message. */
  authorOf(seq: number): string | undefined {
    const { last, floor } = this.#log;
    const segment = seq > floor && seq <= last ? readSegmentOf(this.#sql, seq) : undefined;
    return segment === undefined ? undefined : authorOf(segment, seq);
  }
}
