import type { RoomReport, ShardPage, ShardRoom } from "../rpc/directory.ts";
import { compareNames } from "./shards.ts";

/** The rooms of a shard. Beyond it, the rooms that were inactive for the longest time go, and rooms without members first. */
const MAX_ROOMS = 100_000;

/** Rows that go together, because each time costs a look at all rows. */
const DROPPED = 1000;

/** How often rooms that hold nothing any more are removed: milliseconds. */
const CLEANUP_MS = 3_600_000;

/** A report that is older than this says nothing of the last minute: milliseconds. */
const RATE_MS = 120_000;

/** A room with members reports at the latest after this time, or is asked: milliseconds. */
export const STALE_MS = 3_600_000;

type Row = {
  room: string;
  object: string;
  members: number;
  sockets: number;
  seq: number;
  rate: number;
  activeAt: number;
  reportedAt: number;
};

const COLUMNS =
  "room, object, members, sockets, seq, rate, active_at AS activeAt, reported_at AS reportedAt, until";

/** The rooms of a shard, in its SQLite. A read creates nothing. */
export class RoomTable {
  readonly #sql: SqlStorage;
  readonly #max: number;
  #exists: boolean | undefined;
  #count: number | undefined;
  /** It is stored, because a shard hibernates between two reports, and a cleanup reads all rows. */
  #cleanedAt: number | undefined;
  #isCreated = false;

  /** @param max rooms in the table */
  constructor(sql: SqlStorage, max = MAX_ROOMS) {
    this.#sql = sql;
    this.#max = max;
  }

  /** Takes a report. One that a later report has overtaken changes nothing. */
  put({ room, object, at, activity }: RoomReport, now: number): void {
    if (activity === null) {
      this.remove(room, object, at);
      return;
    }
    this.#create();
    const { members, sockets, seq, rate, activeAt, until } = activity;
    const isKnown = this.#has(room, object);
    this.#sql.exec(
      `INSERT INTO rooms (room, object, members, sockets, seq, rate, active_at, reported_at, until)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
       ON CONFLICT (room, object) DO UPDATE SET members = ?3, sockets = ?4, seq = ?5, rate = ?6, active_at = ?7, reported_at = ?8, until = ?9
       WHERE reported_at <= ?8`,
      room,
      object,
      members,
      sockets,
      seq,
      rate,
      activeAt,
      at,
      until,
    );
    this.#clean(now);
    if (!isKnown) this.#bound();
  }

  /** @param at when the room held nothing any more: milliseconds. A later report stays */
  remove(room: string, object: string, at: number): void {
    if (!this.#hasTable) return;
    const query = "DELETE FROM rooms WHERE room = ? AND object = ? AND reported_at <= ? RETURNING 1";
    const removed = this.#sql.exec(query, room, object, at).toArray().length;
    if (this.#count !== undefined) this.#count -= removed;
  }

  get count(): number {
    if (!this.#hasTable) return 0;
    this.#count ??= this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM rooms").one().n;
    return this.#count;
  }

  /** The first rooms after a name whose names begin with a prefix. Rooms of the same name are never divided. */
  page(prefix: string, after: string, limit: number, now: number): ShardPage & { stale: ShardRoom[] } {
    if (!this.#hasTable) return { rooms: [], more: false, stale: [] };
    // One bound, because SQLite would search by the first of two, and read all rows from there to the other.
    const isAfter = compareNames(after, prefix) >= 0;
    const query = `SELECT ${COLUMNS} FROM rooms WHERE room ${isAfter ? ">" : ">="} ? ORDER BY room, object`;
    const rooms: ShardRoom[] = [];
    const stale: ShardRoom[] = [];
    let more = false;
    for (const row of this.#sql.exec<Row & { until: number }>(query, isAfter ? after : prefix)) {
      if (!row.room.startsWith(prefix)) break;
      if (row.until <= now) continue;
      more = rooms.length >= limit && row.room !== rooms.at(-1)?.room;
      if (more) break;
      const room = listed(row, now);
      rooms.push(room);
      if (room.stale) stale.push(room);
    }
    return { rooms, more, stale };
  }

  #clean(now: number): void {
    const query = "SELECT at FROM rooms_cleaned";
    this.#cleanedAt ??= this.#sql.exec<{ at: number }>(query).toArray()[0]?.at ?? 0;
    if (now - this.#cleanedAt < CLEANUP_MS) return;
    this.#cleanedAt = now;
    this.#sql.exec("INSERT OR REPLACE INTO rooms_cleaned (id, at) VALUES (0, ?)", now);
    this.#sql.exec("DELETE FROM rooms WHERE until <= ?", now);
    this.#count = undefined;
  }

  /** To be called after a room was added. */
  #bound(): void {
    if (this.#count !== undefined) this.#count++;
    if (this.count <= this.#max) return;
    this.#sql.exec(
      `DELETE FROM rooms WHERE (room, object) IN
       (SELECT room, object FROM rooms ORDER BY members > 0, active_at LIMIT ?)`,
      this.count - this.#max + Math.min(DROPPED, this.#max >> 2),
    );
    this.#count = undefined;
  }

  #has(room: string, object: string): boolean {
    const query = "SELECT 1 FROM rooms WHERE room = ? AND object = ?";
    return this.#sql.exec(query, room, object).toArray().length > 0;
  }

  #create(): void {
    if (this.#isCreated) return;
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS rooms (room TEXT, object TEXT, members INTEGER, sockets INTEGER, seq INTEGER, rate INTEGER,
       active_at INTEGER, reported_at INTEGER, until INTEGER, PRIMARY KEY (room, object)) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS rooms_cleaned (id INTEGER PRIMARY KEY, at INTEGER)`,
    );
    this.#exists = true;
    this.#isCreated = true;
  }

  get #hasTable(): boolean {
    this.#exists ??= this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'rooms'").toArray().length > 0;
    return this.#exists;
  }
}

function listed({ reportedAt, ...row }: Row, now: number): ShardRoom {
  const { room, object, members, sockets, seq, activeAt } = row;
  const rate = now - reportedAt > RATE_MS ? 0 : row.rate;
  const isStale = members > 0 && now - reportedAt > STALE_MS;
  return { room, object, members, seq, activeAt, sockets, rate, ...(isStale ? { stale: true } : {}) };
}
