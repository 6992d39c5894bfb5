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
