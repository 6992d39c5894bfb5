import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The number of rows in the log of the only room. Throws if it does not have this many messages. */
export function rowsOf(storage: string, messages: number): number {
  const files = globSync(join(storage, "Room", "*.sqlite")).filter(
    (file) => !file.endsWith("metadata.sqlite"),
  );
  const [file] = files;
  if (file === undefined || files.length > 1)
    throw new Error(`The storage has ${files.length} rooms, not 1.`);
  const database = new DatabaseSync(file);
  try {
    const row = database
      .prepare("SELECT count(*) AS count, sum(last - first + 1) AS messages FROM dormouse_segments")
      .get();
    if (row?.messages !== messages)
      throw new Error(`The log has ${row?.messages} messages, not ${messages}.`);
    return Number(row.count);
  } finally {
    database.close();
  }
}
