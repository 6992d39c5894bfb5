/**
 * The version of the tables, stored in `meta`. Version 1 has no columns `total` and `sizes`, and version 2 none of `parts`, `ops` and
 * `light`.
 */
const SCHEMA_VERSION = 3;

/** The columns that each version added. Rows from before have null in them. */
const ADDED: readonly { version: number; columns: readonly string[] }[] = [
  { version: 2, columns: ["total INTEGER", "sizes TEXT"] },
  { version: 3, columns: ["parts TEXT", "ops INTEGER", "light INTEGER"] },
];

type MetaRow = { key: string; value: string | number };

type Meta = { epoch: string; floor: number };

/**
 * Reads `meta`, and migrates the tables to this version. Creates nothing.
 * @returns undefined if the log is not stored
 * @throws if the tables are of a later version
 */
export function readMeta(sql: SqlStorage): Meta | undefined {
  if (!hasTable(sql, "dormouse_meta")) return undefined;
  const rows = sql.exec<MetaRow>("SELECT key, value FROM dormouse_meta").toArray();
  const meta = new Map(rows.map(({ key, value }) => [key, value]));
  const epoch = meta.get("epoch");
  if (epoch === undefined) return undefined;
  const version = Number(meta.get("version"));
  if (!(version >= 1 && version <= SCHEMA_VERSION)) {
    throw new Error(
      `The log has version ${version}; this server reads up to ${SCHEMA_VERSION}. Deploy a newer server.`,
    );
  }
  if (version < SCHEMA_VERSION) {
    // Added columns stand after the body and are slower to read.
    const missing = ADDED.filter((each) => each.version > version).flatMap(({ columns }) => columns);
    for (const column of missing) sql.exec(`ALTER TABLE dormouse_segments ADD COLUMN ${column}`);
    sql.exec("UPDATE dormouse_meta SET value = ? WHERE key = 'version'", SCHEMA_VERSION);
  }
  return { epoch: String(epoch), floor: Number(meta.get("floor") ?? 0) };
}

/**
 * Creates the tables of a log. `total`: the bytes of all bodies up to this row, so that the size of any part of the log is one
 * subtraction. `sizes`: the UTF-16 code units of each message in the body, so that a part is cut out without parsing. `parts`: see
 * `Segment`. `ops`, `light`: how many of its messages are operations, and how many of those are appends and reactions; null for none. All
 * stand before the body: SQLite reads through a long value to reach a later column.
 */
export function beginLog(sql: SqlStorage, epoch: string): void {
  createSegments(sql, "dormouse_segments");
  sql.exec("CREATE TABLE IF NOT EXISTS dormouse_meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID");
  sql.exec(
    "INSERT OR REPLACE INTO dormouse_meta (key, value) VALUES ('epoch', ?), ('version', ?)",
    epoch,
    SCHEMA_VERSION,
  );
}

/** Creates a table of segments, see `beginLog`. */
export function createSegments(sql: SqlStorage, table: string): void {
  sql.exec(
    `CREATE TABLE IF NOT EXISTS ${table} (first INTEGER PRIMARY KEY, last INTEGER, at INTEGER, kind INTEGER,
     total INTEGER, ids TEXT, sizes TEXT, parts TEXT, ops INTEGER, light INTEGER, body)`,
  );
}

/** Whether a table exists. Unlike a query of the table itself, this does not fail if it does not. */
export function hasTable(sql: SqlStorage, name: string): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE name = ?", name).toArray().length > 0;
}

/** The kind of a body: a text frame or a binary frame. */
export const KIND = { json: 0, binary: 1 } as const;
