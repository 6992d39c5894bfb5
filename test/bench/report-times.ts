import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** When the rooms of a directory reported last, by their own clocks: milliseconds, sorted. */
export function reportTimesIn(storage: string): number[] {
  const files = globSync(join(storage, "Directory", "*.sqlite"));
  return files
    .filter((file) => !file.endsWith("metadata.sqlite"))
    .flatMap((file) => {
      const database = new DatabaseSync(file, { readOnly: true });
      try {
        const rows = database.prepare("SELECT reported_at AS at FROM rooms").all();
        return rows.map(({ at }) => Number(at));
      } finally {
        database.close();
      }
    })
    .sort((a, b) => a - b);
}
