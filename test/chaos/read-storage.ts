import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { LABELS } from "./message-data.ts";
import type { StoredLabel } from "./records.ts";

/**
 * The labels in the rows of all tables of all rooms. Free pages and the write-ahead log may hold bytes of deleted rows, so the rows are
 * read, and not the files.
 */
export function readStoredLabels(storage: string): StoredLabel[] {
  const files = globSync(join(storage, "*", "*.sqlite")).filter((file) => !file.endsWith("metadata.sqlite"));
  return files.flatMap(labelsOf);
}

function labelsOf(file: string): StoredLabel[] {
  const database = new DatabaseSync(file);
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return tables.flatMap(({ name }) => {
      const table = String(name);
      const labels = new Set<string>();
      const rows = database.prepare(`SELECT * FROM "${table}"`);
      // The alarm is a number of nanoseconds, too large for a number of JavaScript.
      rows.setReadBigInts(true);
      for (const row of rows.iterate()) {
        for (const value of Object.values(row as object)) {
          const text = value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value);
          for (const label of text.match(LABELS) ?? []) labels.add(label);
        }
      }
      return [...labels].map((label) => ({ label, table }));
    });
  } finally {
    database.close();
  }
}
