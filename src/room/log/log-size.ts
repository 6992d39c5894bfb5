import { type LogState, sumBytes } from "./log-state.ts";

/** The bytes of the segments of a log with messages after `seq`. Reads no body. */
export function bytesAfter(sql: SqlStorage, { bytes, floor, last, total }: LogState, seq: number): number {
  if (seq >= last) return 0;
  if (seq <= floor) return bytes;
  const { first, start } = sql
    .exec<{ first: number; start: number | null }>(
      "SELECT first, total - octet_length(body) AS start FROM dormouse_segments WHERE first <= ? ORDER BY first DESC LIMIT 1",
      seq + 1,
    )
    .one();
  // Rows that lost their content count in `total` with what they had.
  return total === null || start === null ? sumBytes(sql, first) : Math.min(bytes, total - start);
}

/** The earliest seq, from `seq` on, after which a log with messages has at most this many bytes. */
export function earliestSeqWithin(sql: SqlStorage, seq: number, bytes: number): number {
  let rest = bytes;
  const rows = sql.exec<{ last: number; size: number }>(
    "SELECT last, octet_length(body) AS size FROM dormouse_segments ORDER BY first DESC",
  );
  for (const { last, size } of rows) {
    if (last <= seq) return seq;
    rest -= size;
    if (rest < 0) return last;
  }
  return seq;
}
