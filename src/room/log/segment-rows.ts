import { KIND } from "./schema.ts";
import type { Segment } from "./segment.ts";

/** A segment to store, with the ids of its messages in order. */
export type LogEntry = { segment: Segment; ids: readonly string[] };

type Row = { first: number; last: number; at: number; sizes: string | null; body: string | ArrayBuffer };

/**
 * Stores a segment.
 * @param totalBefore the column `total` of the row before
 * @returns the `total` of the new row
 */
export function insertSegment(sql: SqlStorage, { segment, ids }: LogEntry, totalBefore: number): number {
  const { first, last, at, sizes, body } = segment;
  const kind = typeof body === "string" ? KIND.json : KIND.binary;
  return sql
    .exec<{ total: number }>(
      `INSERT INTO dormouse_segments (first, last, at, kind, total, ids, sizes, body)
       VALUES (?1, ?2, ?3, ?4, ?5 + octet_length(?8), ?6, ?7, ?8) RETURNING total`,
      first,
      last,
      at,
      kind,
      totalBefore,
      JSON.stringify(ids),
      sizes,
      body,
    )
    .one().total;
}

/** The segments with messages after `seq`, oldest first. The first one may begin before it. */
export function readSegmentsAfter(sql: SqlStorage, seq: number): Iterable<Segment> {
  return sql.exec<Row>(
    `SELECT first, last, at, sizes, body FROM dormouse_segments
     WHERE first >= (SELECT coalesce(max(first), 0) FROM dormouse_segments WHERE first <= ?) ORDER BY first`,
    seq + 1,
  );
}
