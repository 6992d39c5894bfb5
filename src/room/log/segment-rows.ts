import type { LogEntry } from "./log-entry.ts";
import { KIND } from "./schema.ts";
import type { Segment } from "./segment.ts";

type Row = {
  first: number;
  last: number;
  at: number;
  sizes: string | null;
  parts: string | null;
  ops: number;
  light: number;
  body: string | ArrayBuffer;
};

const COLUMNS = "first, last, at, sizes, parts, coalesce(ops, 0) AS ops, coalesce(light, 0) AS light, body";

/**
 * Stores a segment.
 * @param totalBefore the column `total` of the row before
 * @param table of the same columns, where it is not that of the log
 * @returns the `total` of the new row
 */
export function insertSegment(
  sql: SqlStorage,
  { segment, ids }: LogEntry,
  totalBefore: number,
  table = "dormouse_segments",
): number {
  const { first, last, at, sizes, parts, ops, light, body } = segment;
  return sql
    .exec<{ total: number }>(
      `INSERT INTO ${table} (first, last, at, kind, total, ids, sizes, parts, ops, light, body)
       VALUES (?1, ?2, ?3, ?4, ?5 + octet_length(?11), ?6, ?7, ?8, ?9, ?10, ?11) RETURNING total`,
      first,
      last,
      at,
      kindOf(body),
      totalBefore,
      JSON.stringify(ids),
      sizes,
      parts,
      ops || null,
      light || null,
      body,
    )
    .one().total;
}

/**
 * Replaces the newest segment by one that begins at the same seq.
 * @returns the `total` of its row
 */
export function replaceNewest(sql: SqlStorage, { segment, ids }: LogEntry): number {
  const { first, last, sizes, parts, ops, light, body } = segment;
  return sql
    .exec<{ total: number }>(
      `UPDATE dormouse_segments SET last = ?2, total = total + octet_length(?8) - octet_length(body), ids = ?3, sizes = ?4,
       parts = ?5, ops = ?6, light = ?7, body = ?8 WHERE first = ?1 RETURNING total`,
      first,
      last,
      JSON.stringify(ids),
      sizes,
      parts,
      ops || null,
      light || null,
      body,
    )
    .one().total;
}

/**
 * Replaces the content of a segment whose messages lost theirs. The column `total` of later rows stays, so what it gives for the rows
 * before is an upper bound from then on.
 * @returns by how many bytes the body is shorter
 */
export function rewriteSegment(sql: SqlStorage, { first, sizes, body, light }: Segment): number {
  const size = () => {
    const query = "SELECT octet_length(body) AS bytes FROM dormouse_segments WHERE first = ?";
    return sql.exec<{ bytes: number }>(query, first).one().bytes;
  };
  const before = size();
  sql.exec(
    "UPDATE dormouse_segments SET kind = ?, sizes = ?, body = ?, light = ? WHERE first = ?",
    kindOf(body),
    sizes,
    body,
    light || null,
    first,
  );
  return before - size();
}

/** The segments with messages after `seq`, oldest first. The first one may begin before it. */
export function readSegmentsAfter(sql: SqlStorage, seq: number): Iterable<Segment> {
  return sql.exec<Row>(
    `SELECT ${COLUMNS} FROM dormouse_segments
     WHERE first >= (SELECT coalesce(max(first), 0) FROM dormouse_segments WHERE first <= ?) ORDER BY first`,
    seq + 1,
  );
}

/** The segment that holds a message; undefined where the log has none. */
export function readSegmentOf(sql: SqlStorage, seq: number): Segment | undefined {
  const query = `SELECT ${COLUMNS} FROM dormouse_segments WHERE first <= ? ORDER BY first DESC LIMIT 1`;
  const row = sql.exec<Row>(query, seq).toArray()[0];
  return row !== undefined && row.last >= seq ? row : undefined;
}

/** The segments with operations that have messages after `seq`, oldest first. The first one may begin before it. */
export function readOperationsAfter(sql: SqlStorage, seq: number): Iterable<Segment> {
  return sql.exec<Row>(
    `SELECT ${COLUMNS} FROM dormouse_segments WHERE ops > 0
     AND first >= (SELECT coalesce(max(first), 0) FROM dormouse_segments WHERE first <= ?) ORDER BY first`,
    seq + 1,
  );
}

function kindOf(body: string | ArrayBuffer): number {
  return typeof body === "string" ? KIND.json : KIND.binary;
}
