import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Rows in the log of the only room, which must hold so many messages. */
export function rowsOf(storage: string, messages: number): number {
  const files = globSync(join(storage, "Room", "*.sqlite")).filter(
    (file) => !file.endsWith("metadata.sqlite"),
  );
  const [file] = files;
  if (file === undefined || files.length > 1)
    throw new Error(`${files.length} rooms are in the storage, not 1.`);
  const database = new DatabaseSync(file);
  try {
    const row = database
      .prepare("SELECT count(*) AS count, sum(last - first + 1) AS messages FROM dormouse_segments")
      .get();
    if (row?.messages !== messages)
      throw new Error(`The log holds ${row?.messages} messages, not ${messages}.`);
    return Number(row.count);
  } finally {
    database.close();
  }
}
