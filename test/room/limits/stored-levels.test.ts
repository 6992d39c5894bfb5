import { describe, expect, test } from "vitest";
import { StoredLevels } from "../../../src/room/limits/stored-levels.ts";
import { adoptTables } from "../../../src/room/log/adopt-tables.ts";
import { inside } from "../inside.ts";
import { freshRoom } from "../room-client.ts";

const NOW = 1_800_000_000_000;

const tables = (sql: SqlStorage) =>
  sql
    .exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
    )
    .toArray()
    .map(({ name }) => name);

describe("StoredLevels", () => {
  test("[LIM-8] keeps levels until their buckets are full again, and creates no table before", async () => {
    await inside(freshRoom(), ({ sql }) => {
      const levels = new StoredLevels(sql);
      expect([levels.get("ada"), levels.lastFullAt, tables(sql)]).toEqual([undefined, 0, []]);
      levels.set("ada", { tokens: -3.5, at: NOW, fullAt: NOW + 20_000 });
      levels.set("bob", { tokens: 1, at: NOW, fullAt: NOW + 30_000 });
      const restored = new StoredLevels(sql);
      expect(restored.get("ada")).toEqual({ tokens: -3.5, at: NOW, fullAt: NOW + 20_000 });
      expect(restored.lastFullAt).toBe(NOW + 30_000);
      restored.set("cid", { tokens: 0, at: NOW + 20_000, fullAt: NOW + 25_000 });
      expect([restored.get("ada"), restored.get("bob")?.tokens]).toEqual([undefined, 1]);
    });
  });

  test("[LIM-8] replaces the table of an earlier version", async () => {
    await inside(freshRoom(), ({ state, sql }) => {
      sql.exec("CREATE TABLE segments (first INTEGER PRIMARY KEY, last INTEGER, at INTEGER)");
      sql.exec("CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID");
      sql.exec("INSERT INTO meta VALUES ('epoch', '0123456789abcdef'), ('version', 2)");
      sql.exec(
        'CREATE TABLE debts (debtor TEXT PRIMARY KEY, tokens REAL, at INTEGER, "full" INTEGER) WITHOUT ROWID',
      );
      sql.exec("INSERT INTO debts VALUES ('ada', 0, ?, ?)", NOW, NOW + 20_000);
      adoptTables(state.storage);
      const levels = new StoredLevels(sql);
      expect([levels.get("ada"), levels.lastFullAt]).toEqual([undefined, 0]);
      levels.set("ada", { tokens: 1, at: NOW, fullAt: NOW + 20_000 });
      expect(tables(sql)).toContain("dormouse_rate_limits");
      expect(tables(sql)).not.toContain("debts");
      expect(new StoredLevels(sql).get("ada")?.tokens).toBe(1);
    });
  });
});
