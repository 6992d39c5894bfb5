import { readMeta } from "./schema.ts";

/**
 * Where a log stands. `floor`: messages up to it are gone; a cursor at it or above can be resumed. `bytes`: of all bodies; `total`: that
 * of the newest row, null in one of an earlier version. `isStored`: whether anything of it is on disk.
 */
export type Head = {
  epoch: string;
  last: number;
  at: number;
  floor: number;
  bytes: number;
  total: number | null;
  oldest: Oldest | undefined;
  isStored: boolean;
};

/** The first segment that is left. */
export type Oldest = { last: number; at: number };

/** The head of a log without messages. */
export function emptyHead(epoch: string, isStored: boolean): Head {
  return { epoch, last: 0, at: 0, floor: 0, bytes: 0, total: 0, oldest: undefined, isStored };
}

/** @param fresh the epoch of a log of which nothing is on disk */
export function readHead(sql: SqlStorage, fresh: () => string): Head {
  const meta = readMeta(sql);
  if (meta === undefined) return emptyHead(fresh(), false);
  const empty = { ...emptyHead(meta.epoch, true), floor: meta.floor, last: meta.floor };
  const newest = sql
    .exec<Pick<Head, "last" | "at" | "total">>(
      "SELECT last, at, total FROM segments ORDER BY first DESC LIMIT 1",
    )
    .toArray()[0];
  if (newest === undefined) return empty;
  const { start } = sql
    .exec<{ start: number | null }>(
      "SELECT total - octet_length(body) AS start FROM segments ORDER BY first LIMIT 1",
    )
    .one();
  const bytes = newest.total === null || start === null ? sumFrom(sql, 0) : newest.total - start;
  return { ...empty, ...newest, bytes, oldest: readOldest(sql) };
}

/** Bytes of all bodies from a segment on, added up row by row: where rows of an earlier version are left. */
export function sumFrom(sql: SqlStorage, first: number): number {
  const query = "SELECT sum(octet_length(body)) AS bytes FROM segments WHERE first >= ?";
  return sql.exec<{ bytes: number | null }>(query, first).one().bytes ?? 0;
}

export function readOldest(sql: SqlStorage): Oldest | undefined {
  return sql.exec<Oldest>("SELECT last, at FROM segments ORDER BY first LIMIT 1").toArray()[0];
}
