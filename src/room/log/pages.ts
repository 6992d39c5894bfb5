import type { HistoryMessage } from "../../protocol/down.ts";
import { KIND } from "./schema.ts";
import { historyMessages, historyText, type Segment } from "./segment.ts";

/** Bytes that one page of history may weigh, so that an answer stays far from the size where a frame hurts. */
export const PAGE_BYTES = 1024 * 1024;

/**
 * Where a page begins and ends; 0 and 0 where it is empty. `more`: there are more messages in the direction of the page. `bytes`: what
 * its rows weigh, bytes of a binary message as the base64 that they become.
 */
export type Span = { first: number; last: number; more: boolean; bytes: number };

/** Messages, oldest first. */
export type Page = { messages: HistoryMessage[]; more: boolean };

type Standing = { last: number; floor: number };
type Row = { first: number; last: number; kind: number; size: number };

/** What is asked of each row to measure a page: of the body the length only, which SQLite knows without reading it. */
const COLUMNS = "first, last, kind, octet_length(body) AS size";

/** The last `limit` messages with a seq below `before`; fewer where they would weigh too much. No message is read. */
export function spanBefore(sql: SqlStorage, log: Standing, before: number, limit: number): Span {
  const span = { first: 0, last: 0, bytes: 0 };
  if (log.last > log.floor) {
    const query = `SELECT ${COLUMNS} FROM segments WHERE first < ? ORDER BY first DESC`;
    let room = limit;
    for (const row of sql.exec<Row>(query, before)) {
      const weight = weightOf(row);
      if (span.last > 0 && span.bytes + weight > PAGE_BYTES) break;
      const last = Math.min(row.last, before - 1);
      span.first = Math.max(row.first, last - room + 1);
      span.last ||= last;
      span.bytes += weight;
      room -= last - span.first + 1;
      if (room <= 0) break;
    }
  }
  const oldest = span.last > 0 ? span.first : Math.min(before, log.last + 1);
  return { ...span, more: oldest > log.floor + 1 };
}

/** The first `limit` messages with a seq above `after`, of no more rows than weigh so many bytes. No message is read. */
export function spanAfter(
  sql: SqlStorage,
  log: Standing,
  after: number,
  limit: number,
  mostBytes = PAGE_BYTES,
): Span {
  const span = { first: 0, last: 0, bytes: 0 };
  if (log.last > Math.max(after, log.floor)) {
    const query = `SELECT ${COLUMNS} FROM segments
      WHERE first >= (SELECT coalesce(max(first), 0) FROM segments WHERE first <= ?) ORDER BY first`;
    let room = limit;
    for (const row of sql.exec<Row>(query, after + 1)) {
      const weight = weightOf(row);
      if (span.first > 0 && span.bytes + weight > mostBytes) break;
      const first = Math.max(row.first, after + 1);
      span.last = Math.min(row.last, first + room - 1);
      span.first ||= first;
      span.bytes += weight;
      room -= span.last - first + 1;
      if (room <= 0) break;
    }
  }
  const newest = span.first > 0 ? span.last : Math.max(after, log.floor);
  return { ...span, more: newest < log.last };
}

function weightOf({ kind, size }: Row): number {
  return kind === KIND.binary ? Math.ceil(size * (4 / 3)) : size;
}

/** The messages of a page as a JSON array. @param segments that hold them, and may go on after them */
export function pageText(segments: Iterable<Segment>, span: Span): string {
  const texts: string[] = [];
  for (const segment of ofPage(segments, span)) texts.push(historyText(segment, span.first, span.last));
  return `[${texts.join(",")}]`;
}

export function pageMessages(segments: Iterable<Segment>, span: Span): HistoryMessage[] {
  const messages: HistoryMessage[] = [];
  for (const segment of ofPage(segments, span)) messages.push(...historyMessages(segment));
  return messages.filter(({ seq }) => seq >= span.first && seq <= span.last);
}

function* ofPage(segments: Iterable<Segment>, { last }: Span): Generator<Segment> {
  if (last === 0) return;
  for (const segment of segments) {
    if (segment.first > last) return;
    yield segment;
  }
}
