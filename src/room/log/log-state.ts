import { hasTable, readMeta } from "./schema.ts";

/** The oldest segment. */
export type Oldest = { last: number; at: number };

/** The position and the size of a log. */
export type LogState = {
  epoch: string;
  /** The seq of the newest message, and its time in milliseconds; 0 if there was none. */
  last: number;
  at: number;
  /** Messages up to this seq are removed. A cursor at it or above can be resumed. */
  floor: number;
  /** The bytes of all bodies. */
  bytes: number;
  /** The column `total` of the newest row; null in a row of an earlier version. */
  total: number | null;
  /** Appends and reactions, which do not count toward the retention in messages. */
  light: number;
  oldest: Oldest | undefined;
  /** Whether the tables exist. */
  isStored: boolean;
};

/** The state of a log without messages. */
export function emptyState(epoch: string, isStored: boolean): LogState {
  return { epoch, last: 0, at: 0, floor: 0, bytes: 0, total: 0, light: 0, oldest: undefined, isStored };
}

/** @param newEpoch gives the epoch of a log that is not stored */
export function readState(sql: SqlStorage, newEpoch: () => string): LogState {
  const meta = readMeta(sql);
  if (meta === undefined) return emptyState(newEpoch(), false);
  const empty = { ...emptyState(meta.epoch, true), floor: meta.floor, last: meta.floor };
  const newest = sql
    .exec<Pick<LogState, "last" | "at" | "total">>(
      "SELECT last, at, total FROM dormouse_segments ORDER BY first DESC LIMIT 1",
    )
    .toArray()[0];
  if (newest === undefined) return empty;
  const { start } = sql
    .exec<{ start: number | null }>(
      "SELECT total - octet_length(body) AS start FROM dormouse_segments ORDER BY first LIMIT 1",
    )
    .one();
  // Deletions leave `total` as it was, so it is wrong where there may have been some.
  const sums = hasTable(sql, "dormouse_forms") ? readSums(sql) : { light: 0, bytes: undefined };
  const total = newest.total === null || start === null ? undefined : newest.total - start;
  const bytes = sums.bytes ?? total ?? sumBytes(sql, 0);
  return { ...empty, ...newest, bytes, light: sums.light, oldest: readOldest(sql) };
}

/** Appends and reactions of the log, and its bytes. They are read row by row, so only where there was an operation. */
function readSums(sql: SqlStorage): { light: number; bytes: number } {
  const query = `SELECT coalesce(sum(light), 0) AS light, coalesce(sum(octet_length(body)), 0) AS bytes
    FROM dormouse_segments`;
  return sql.exec<{ light: number; bytes: number }>(query).one();
}

/** Sums up the bytes of bodies row by row, from a segment on: for logs with rows of an earlier version. */
export function sumBytes(sql: SqlStorage, first: number): number {
  const query = "SELECT sum(octet_length(body)) AS bytes FROM dormouse_segments WHERE first >= ?";
  return sql.exec<{ bytes: number | null }>(query, first).one().bytes ?? 0;
}

export function readOldest(sql: SqlStorage): Oldest | undefined {
  return sql.exec<Oldest>("SELECT last, at FROM dormouse_segments ORDER BY first LIMIT 1").toArray()[0];
}
