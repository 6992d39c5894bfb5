import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { removeTemporary, temporaryDirectory } from "../support/temporary.ts";
import { readStoredLabels } from "./read-storage.ts";

test("[OPS-3] readStoredLabels finds labels in texts, bytes and all tables, and none in rows that are gone", async () => {
  const storage = await temporaryDirectory();
  mkdirSync(join(storage, "Room"));
  const database = new DatabaseSync(join(storage, "Room", "1.sqlite"));
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA secure_delete = OFF");
    database.exec("CREATE TABLE a (id INTEGER, body); CREATE TABLE b (body TEXT)");
    const insert = database.prepare("INSERT INTO a VALUES (?, ?)");
    insert.run(2n ** 60n, '{"text":"<member1.2>, <member1.op3>"}');
    insert.run(1, Buffer.from("\u0000<plain0.4>"));
    insert.run(2, "<member1.9>");
    database.exec("INSERT INTO b VALUES ('<member1.2>'); DELETE FROM a WHERE id = 2");
    // The rows are still in the write-ahead log.
    expect(readStoredLabels(storage)).toEqual([
      { label: "<member1.2>", table: "a" },
      { label: "<member1.op3>", table: "a" },
      { label: "<plain0.4>", table: "a" },
      { label: "<member1.2>", table: "b" },
    ]);
  } finally {
    database.close();
    await removeTemporary(storage);
  }
});
