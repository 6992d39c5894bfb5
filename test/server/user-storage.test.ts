import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type HookedRoom, withHooks } from "./hooked-room.ts";

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

/** Leaves a room empty, and lets its alarm ring an hour later. */
async function leaveEmpty(room: HookedRoom): Promise<void> {
  await room.join("ada");
  room.core.owner.kick("ada");
  vi.spyOn(Date, "now").mockReturnValue(Date.now() + 3_600_000);
  room.core.alarm();
  // The deletion itself is asynchronous.
  await scheduler.wait(20);
}

const tables = ({ state }: HookedRoom) =>
  state.storage.sql
    .exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
    )
    .toArray()
    .map(({ name }) => name)
    .sort();

describe("The storage of a room's owner", () => {
  test("[HOOK-26] stays where the room itself holds nothing: tables, and keys of both kinds", async () => {
    await withHooks({}, async (room) => {
      const { kv } = room.state.storage;
      kv.put("mine", 1);
      await room.state.storage.put("also mine", 2);
      await leaveEmpty(room);
      expect([kv.get("mine"), await room.state.storage.get("also mine")]).toEqual([1, 2]);
    });
    await withHooks({}, async (room) => {
      room.state.storage.sql.exec("CREATE TABLE mine (a)");
      await leaveEmpty(room);
      expect(tables(room)).toContain("mine");
    });
  });

  test("[HOOK-26] is given back with the room's own where the owner stored nothing", async () => {
    await withHooks({ onMessage() {} }, async (room) => {
      await room.core.owner.publish(1);
      await scheduler.wait(20);
      room.core.owner.erase();
      await leaveEmpty(room);
      expect([tables(room), [...room.state.storage.kv.list()]]).toEqual([[], []]);
    });
  });

  test("[HOOK-26] may have tables of the names that the room's own had in an earlier version", async () => {
    await withHooks({}, async (room) => {
      const { sql } = room.state.storage;
      sql.exec("CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID");
      sql.exec("CREATE TABLE debts (debtor TEXT PRIMARY KEY, amount INTEGER)");
      sql.exec("CREATE TABLE bans (member TEXT PRIMARY KEY, until INTEGER) WITHOUT ROWID");
      sql.exec("INSERT INTO bans VALUES ('ada', 99999999999999)");
      const restarted = room.restart();
      expect(tables(room)).toEqual(["bans", "debts", "meta"]);
      expect((await restarted.upgrade("ada")).status).toBe(101);
    });
  });
});
