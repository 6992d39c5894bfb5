import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { RoomTable } from "../../src/directory/room-table.ts";
import { activityOf } from "./shard.ts";

const MINUTE_MS = 60_000;

/** A table in an object of its own. */
function withTable<Result>(
  callback: (table: RoomTable, sql: SqlStorage) => Result,
  max?: number,
): Promise<Result> {
  const stub = env.DIRECTORY.getByName(crypto.randomUUID());
  return runInDurableObject(stub, (_, { storage }) => callback(new RoomTable(storage.sql, max), storage.sql));
}

/** Counts the rows that statements read. */
class CountingSql {
  readonly sql: SqlStorage;
  readonly #cursors: { rowsRead: number }[] = [];

  constructor(sql: SqlStorage) {
    const exec = (query: string, ...bindings: unknown[]) => {
      const cursor = sql.exec(query, ...bindings);
      this.#cursors.push(cursor);
      return cursor;
    };
    this.sql = { exec } as SqlStorage;
  }

  get rowsRead(): number {
    return this.#cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
  }
}

const NOW = 1_000_000_000;

function put(table: RoomTable, room: string, of: object = {}, at = NOW): void {
  table.put(
    { room, object: "1", at, activity: activityOf({ activeAt: at, until: at + MINUTE_MS, ...of }) },
    at,
  );
}

const namesIn = (table: RoomTable, now = NOW) => table.page("", "", 1000, now).rooms.map(({ room }) => room);

describe("the table of a shard", () => {
  test("[DIR-4] creates nothing when it is read", async () => {
    await withTable((table, sql) => {
      expect(table.page("", "", 10, NOW)).toEqual({ rooms: [], more: false, stale: [] });
      expect(sql.exec("SELECT name FROM sqlite_master WHERE name = 'rooms'").toArray()).toEqual([]);
    });
  });

  test("[DIR-4] lists rooms by code points, with any prefix and after any name", async () => {
    await withTable((table) => {
      const names = ["a", "a%", "a_", "ab", "a\u{1F600}", "a\uFFFD", "b", "é", "%", "a'--"];
      for (const room of names) put(table, room);
      expect(namesIn(table)).toEqual(["%", "a", "a%", "a'--", "a_", "ab", "a\uFFFD", "a\u{1F600}", "b", "é"]);
      const page = (prefix: string, after = "", limit = 10) => {
        const { rooms, more } = table.page(prefix, after, limit, NOW);
        return [rooms.map(({ room }) => room).join(" "), more];
      };
      expect(page("a")).toEqual(["a a% a'-- a_ ab a\uFFFD a\u{1F600}", false]);
      expect(page("a%")).toEqual(["a%", false]);
      expect(page("a", "a_", 2)).toEqual(["ab a\uFFFD", true]);
      expect(page("a", "a\uFFFD", 1)).toEqual(["a\u{1F600}", false]);
      expect(page("a", "b")).toEqual(["", false]);
      expect(page("b", "a")).toEqual(["b", false]);
      expect(page("'; DROP TABLE rooms; --")).toEqual(["", false]);
      expect(page("\0")).toEqual(["", false]);
    });
  });

  test("[DIR-7] reads hardly more rows than a page shows, whatever the prefix and the page", async () => {
    await withTable((table, sql) => {
      for (let i = 0; i < 300; i++) put(table, `${i % 2 === 0 ? "a" : "z"}-${i + 100}`);
      const counted = new CountingSql(sql);
      const read = new RoomTable(counted.sql);
      read.page("", "", 1, NOW);
      const rowsOf = (prefix: string, after: string) => {
        const before = counted.rowsRead;
        expect(read.page(prefix, after, 10, NOW).rooms).toHaveLength(10);
        return counted.rowsRead - before;
      };
      // The next one says whether there are more, and the runtime reads one ahead.
      for (const [prefix, after] of [
        ["", ""],
        ["z", ""],
        ["z", "a-398"],
        ["", "z-201"],
        ["z-2", "z-201"],
      ] as const)
        expect([prefix, after, rowsOf(prefix, after)]).toEqual([prefix, after, 12]);
    });
  });

  test("[DIR-7] takes the report of a known room without a look at the others, also after each hibernation", async () => {
    await withTable((table, sql) => {
      for (let i = 0; i < 100; i++) put(table, `${i}`);
      const counted = new CountingSql(sql);
      for (let i = 0; i < 20; i++) put(new RoomTable(counted.sql), "7", { seq: i }, NOW + i);
      expect(counted.rowsRead).toBeLessThan(20 * 10);
      // Once an hour it removes those that have ended.
      put(new RoomTable(sql), "7", { until: NOW + 10_000 * MINUTE_MS }, NOW + 120 * MINUTE_MS);
      expect(new RoomTable(sql).count).toBe(1);
    });
  });

  test("[DIR-6] counts its rooms without a look at all of them when one of them ends", async () => {
    await withTable((table, sql) => {
      const counted = new CountingSql(sql);
      const rooms = new RoomTable(counted.sql);
      for (let i = 0; i < 100; i++) put(rooms, `${i}`);
      const before = counted.rowsRead;
      for (let i = 0; i < 50; i++) {
        rooms.remove(`${i}`, "1", NOW);
        put(rooms, `other-${i}`);
      }
      expect(counted.rowsRead - before).toBeLessThan(500);
      expect([rooms.count, table.count]).toEqual([100, 100]);
    });
  });

  test("[DIR-4] keeps rooms of one name on one page", async () => {
    await withTable((table) => {
      for (const object of ["1", "2", "3"])
        table.put({ room: "a", object, at: NOW, activity: activityOf({ until: NOW + 1 }) }, NOW);
      put(table, "b");
      const { rooms, more } = table.page("", "", 1, NOW);
      expect([rooms.map(({ object }) => object), more]).toEqual([["1", "2", "3"], true]);
    });
  });

  test("[DIR-5] keeps a room that was used again after its erase, when the report of the erase comes late", async () => {
    await withTable((table) => {
      put(table, "a", {}, NOW + 10);
      table.put({ room: "a", object: "1", at: NOW, activity: null }, NOW + 20);
      expect(namesIn(table)).toEqual(["a"]);
    });
  });

  test("[DIR-5] takes the latest report, and ends a room with its time or on request", async () => {
    await withTable((table) => {
      put(table, "a", { seq: 2 }, NOW + 10);
      put(table, "a", { seq: 1 }, NOW);
      expect(table.page("", "", 10, NOW).rooms).toMatchObject([{ room: "a", seq: 2 }]);
      expect(namesIn(table, NOW + 2 * MINUTE_MS)).toEqual([]);
      table.put({ room: "a", object: "another", at: NOW, activity: null }, NOW);
      expect(namesIn(table)).toEqual(["a"]);
      table.put({ room: "a", object: "1", at: NOW + 10, activity: null }, NOW);
      expect([namesIn(table), table.count]).toEqual([[], 0]);
    });
  });

  test("[DIR-5] marks a room with members whose report is old, and forgets its rate", async () => {
    await withTable((table) => {
      const until = NOW + 1000 * MINUTE_MS;
      put(table, "occupied", { until });
      put(table, "vacated", { members: 0, until });
      const later = table.page("", "", 10, NOW + 61 * MINUTE_MS);
      expect(later.rooms).toMatchObject([{ room: "occupied", stale: true, rate: 0 }, { rate: 0 }]);
      expect(later.rooms[1]).not.toHaveProperty("stale");
      expect(later.stale.map(({ room }) => room)).toEqual(["occupied"]);
      expect(table.page("", "", 10, NOW + MINUTE_MS).rooms[0]).toMatchObject({ rate: 3 });
    });
  });

  test("[DIR-6] is bounded: the rooms that are empty and inactive for longest go first", async () => {
    await withTable((table) => {
      for (let i = 0; i < 12; i++) put(table, `room-${i + 10}`, { members: i % 2 }, NOW + i);
      // Beyond ten rooms, a quarter of them goes with the one too many.
      expect(namesIn(table)).not.toContain("room-10");
      expect(namesIn(table)).not.toContain("room-12");
      expect(namesIn(table)).toEqual(expect.arrayContaining(["room-11", "room-13", "room-21"]));
      expect(table.count).toBeLessThanOrEqual(10);
    }, 10);
  });
});
