import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The number of rows in the log of the only room. Throws if it does not have this many messages. */
export function rowsOf(storage: string, messages: number): number {
  const files = filesIn(storage);
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

/** The number of rows that hold operations, in the log of the only room that has any. Throws if there are not this many operations. */
export function rowsOfOperations(storage: string, operations: number): number {
  const counts = filesIn(storage).map((file) => {
    const database = new DatabaseSync(file);
    try {
      const query =
        "SELECT count(*) AS count, coalesce(sum(ops), 0) AS ops FROM dormouse_segments WHERE ops > 0";
      const row = database.prepare(query).get();
      return { count: Number(row?.count), ops: Number(row?.ops) };
    } finally {
      database.close();
    }
  });
  const found = counts.find(({ ops }) => ops === operations);
  if (found === undefined)
    throw new Error(
      `The logs have ${counts.map(({ ops }) => ops).join(" and ")} operations, not ${operations}.`,
    );
  return found.count;
}

function filesIn(storage: string): string[] {
  return globSync(join(storage, "Room", "*.sqlite")).filter((file) => !file.endsWith("metadata.sqlite"));
}
