import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { importSqlite } from "./sqlite.ts";

/** The tables that hold positions in the log: those of the webhook, and those of the key-value storage, whose values are bytes. */
const POSITIONS = [
  { table: "dormouse_outgoing_state", key: "id", column: "state" },
  { table: "_cf_KV", key: "key", column: "value" },
];

/** The bytes of an epoch, which are written as hex digits. */
const EPOCH_BYTES = 8;

/**
 * Gives the log in a database a new epoch. Positions of the room in its own log stay valid. Cursors of clients do not: they may count
 * messages that the backup lacks, whose seqs other messages take now.
 *
 * @param file a database without a log stays as it is
 */
export async function renewEpoch(file: string): Promise<void> {
  const { DatabaseSync } = await importSqlite();
  const database = new DatabaseSync(file);
  try {
    const before = epochIn(database);
    if (before === undefined) return;
    const after = randomBytes(EPOCH_BYTES).toString("hex");
    database.exec("BEGIN");
    database.prepare("UPDATE dormouse_meta SET value = ? WHERE key = 'epoch'").run(after);
    for (const place of POSITIONS) {
      if (hasTable(database, place.table)) replaceIn(database, place, before, after);
    }
    database.exec("COMMIT");
  } finally {
    database.close();
  }
}

function epochIn(database: DatabaseSync): string | undefined {
  if (!hasTable(database, "dormouse_meta")) return undefined;
  const row = database.prepare("SELECT value FROM dormouse_meta WHERE key = 'epoch'").get();
  return typeof row?.value === "string" ? row.value : undefined;
}

function hasTable(database: DatabaseSync, name: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(name) !== undefined;
}

/** Replaces a text in a column. Both texts have one length, so the bytes around them keep their meaning. */
function replaceIn(
  database: DatabaseSync,
  { table, key, column }: (typeof POSITIONS)[number],
  before: string,
  after: string,
): void {
  const change = database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`);
  for (const { at, value } of database
    .prepare(`SELECT ${key} AS at, ${column} AS value FROM ${table}`)
    .all()) {
    if (at === undefined || value === undefined) continue;
    if (typeof value === "string") change.run(value.replaceAll(before, after), at);
    else if (value instanceof Uint8Array) {
      const text = Buffer.from(value).toString("latin1").replaceAll(before, after);
      change.run(Buffer.from(text, "latin1"), at);
    }
  }
}
