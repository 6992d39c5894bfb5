import type { LogMessage } from "../../protocol/down.ts";
import type { LogState } from "./log-state.ts";
import { KIND } from "./schema.ts";
import { historyText, logMessages, type Segment, segmentAfter } from "./segment.ts";

/** The rows of one page of history may have this many bytes, so that its answer stays far below the limit of a frame. */
export const PAGE_BYTES = 1024 * 1024;

/**
 * The first and the last seq of a page; 0 and 0 if it is empty. `more`: whether there are more messages in the direction of the
 * page. `bytes`: the size of its rows, where a binary message counts as its base64.
 */
export type PageRange = { first: number; last: number; more: boolean; bytes: number };

/**
 * Messages, oldest first, operations among them. `within`: the seqs at which a reader may not stop, because a later message joins appends
 * from before and after it.
 */
export type Page = { messages: LogMessage[]; within: ReadonlySet<number>; more: boolean };

type Extent = Pick<LogState, "last" | "floor">;
type Row = { first: number; last: number; kind: number; size: number; ops: number };

/** SQLite knows the length of a body without reading it. */
const COLUMNS = "first, last, kind, octet_length(body) AS size, coalesce(ops, 0) AS ops";

/** The last `limit` messages with a seq below `before`, or fewer if they would be too big. Reads no message. */
export function rangeBefore(sql: SqlStorage, log: Extent, before: number, limit: number): PageRange {
  const range = { first: 0, last: 0, bytes: 0 };
  if (log.last > log.floor) {
    const query = `SELECT ${COLUMNS} FROM dormouse_segments WHERE first < ? ORDER BY first DESC`;
    let missing = limit;
    for (const row of sql.exec<Row>(query, before)) {
      const bytes = bytesOf(row);
      if (range.last > 0 && range.bytes + bytes > PAGE_BYTES) break;
      const last = Math.min(row.last, before - 1);
      range.first = Math.max(row.first, last - missing + 1);
      range.last ||= last;
      range.bytes += bytes;
      missing -= last - range.first + 1;
      if (missing <= 0) break;
    }
  }
  const oldest = range.last > 0 ? range.first : Math.min(before, log.last + 1);
  return { ...range, more: oldest > log.floor + 1 };
}

/** The first `limit` messages with a seq above `after`, or fewer if their rows would exceed `maxBytes`. Reads no message. */
export function rangeAfter(
  sql: SqlStorage,
  log: Extent,
  after: number,
  limit: number,
  maxBytes = PAGE_BYTES,
): PageRange {
  const range = { first: 0, last: 0, bytes: 0 };
  if (log.last > Math.max(after, log.floor)) {
    const query = `SELECT ${COLUMNS} FROM dormouse_segments
      WHERE first >= (SELECT coalesce(max(first), 0) FROM dormouse_segments WHERE first <= ?) ORDER BY first`;
    let missing = limit;
    for (const row of sql.exec<Row>(query, after + 1)) {
      const bytes = bytesOf(row);
      if (range.first > 0 && range.bytes + bytes > maxBytes) break;
      const first = Math.max(row.first, after + 1);
      // A row of operations is not divided: it may hold several of them as one.
      const isDivisible = row.ops < row.last - row.first + 1;
      range.last = isDivisible ? Math.min(row.last, first + missing - 1) : row.last;
      range.first ||= first;
      range.bytes += bytes;
      missing -= range.last - first + 1;
      if (missing <= 0) break;
    }
  }
  const newest = range.first > 0 ? range.last : Math.max(after, log.floor);
  return { ...range, more: newest < log.last };
}

function bytesOf({ kind, size }: Row): number {
  return kind === KIND.binary ? Math.ceil(size * (4 / 3)) : size;
}

/** The messages of a page as a JSON array. @param segments that hold them; further ones may follow */
export function pageJson(segments: Iterable<Segment>, range: PageRange): string {
  const texts: string[] = [];
  for (const segment of segmentsIn(segments, range))
    texts.push(historyText(segment, range.first, range.last));
  return `[${texts.join(",")}]`;
}

export function pageMessages(segments: Iterable<Segment>, range: PageRange): Omit<Page, "more"> {
  const messages: LogMessage[] = [];
  const within = new Set<number>();
  for (const segment of segmentsIn(segments, range)) {
    const found = logMessages(segmentAfter(segment, range.first - 1));
    messages.push(...found);
    if (segment.parts !== null) for (const { seq } of found.slice(0, -1)) within.add(seq);
  }
  return { messages: messages.filter(({ seq }) => seq >= range.first && seq <= range.last), within };
}

function* segmentsIn(segments: Iterable<Segment>, { last }: PageRange): Generator<Segment> {
  if (last === 0) return;
  for (const segment of segments) {
    if (segment.first > last) return;
    yield segment;
  }
}

/** A row that a page may take messages of. `ops`: how many are operations; `size`: bytes of the body. */
export type RowOfPage = { first: number; last: number; ops: number; size: number };

/**
 * The range of a page in a log with operations.
 * @param rows in the direction of the page
 * @param messagesOf the messages of a row that may be in the page, in its direction, with their sizes
 */
export function rangeOf(
  rows: Iterable<RowOfPage>,
  limit: number,
  maxBytes: number,
  messagesOf: (row: RowOfPage) => readonly { seq: number; size: number }[],
): PageRange {
  const seqs: number[] = [];
  let bytes = 0;
  for (const row of rows) {
    for (const { seq, size } of messagesOf(row)) {
      const isFull = seqs.length >= limit || (seqs.length > 0 && bytes + size > maxBytes);
      if (isFull) return { ...extentOf(seqs), bytes: Math.ceil(bytes), more: true };
      seqs.push(seq);
      bytes += size;
    }
  }
  return { ...extentOf(seqs), bytes: Math.ceil(bytes), more: false };
}

function extentOf(seqs: readonly number[]): { first: number; last: number } {
  return seqs.length === 0 ? { first: 0, last: 0 } : { first: Math.min(...seqs), last: Math.max(...seqs) };
}

const ROW_COLUMNS = `first, last, coalesce(ops, 0) AS ops,
  CASE kind WHEN ${KIND.binary} THEN octet_length(body) * 4 / 3 ELSE octet_length(body) END AS size`;

/** The rows with messages before a seq, newest first. */
export function rowsBefore(sql: SqlStorage, before: number): Iterable<RowOfPage> {
  return sql.exec<RowOfPage>(
    `SELECT ${ROW_COLUMNS} FROM dormouse_segments WHERE first < ? ORDER BY first DESC`,
    before,
  );
}

/** The rows with messages after a seq, oldest first. The first one may begin before it. */
export function rowsAfter(sql: SqlStorage, after: number): Iterable<RowOfPage> {
  return sql.exec<RowOfPage>(
    `SELECT ${ROW_COLUMNS} FROM dormouse_segments
     WHERE first >= (SELECT coalesce(max(first), 0) FROM dormouse_segments WHERE first <= ?) ORDER BY first`,
    after + 1,
  );
}
