/** Version of the tables, kept in `meta`. Version 1 has no `total` and no `sizes`. */
const SCHEMA_VERSION = 2;

type MetaRow = { key: string; value: string | number };

/** What a log that was begun says of itself. */
export type Meta = { epoch: string; floor: number };

/**
 * The tables of a log, brought up to this version. Undefined where no log was begun: looking makes nothing.
 * @throws where they are of a later version
 */
export function readMeta(sql: SqlStorage): Meta | undefined {
  if (!hasTable(sql, "meta")) return undefined;
  const rows = sql.exec<MetaRow>("SELECT key, value FROM meta").toArray();
  const meta = new Map(rows.map(({ key, value }) => [key, value]));
  const epoch = meta.get("epoch");
  if (epoch === undefined) return undefined;
  const version = meta.get("version");
  if (version === 1) {
    // Columns that are added stand after the body, and are read a little slower there. Rows of version 1 have nothing in them.
    sql.exec("ALTER TABLE segments ADD COLUMN total INTEGER");
    sql.exec("ALTER TABLE segments ADD COLUMN sizes TEXT");
    sql.exec("UPDATE meta SET value = ? WHERE key = 'version'", SCHEMA_VERSION);
  } else if (version !== SCHEMA_VERSION) {
    throw new Error(`This log is of version ${version}, made by a newer server than this one.`);
  }
  return { epoch: String(epoch), floor: Number(meta.get("floor") ?? 0) };
}

/**
 * Begins a log. `total`: bytes of all bodies up to this row, so that those of any part of the log are one subtraction; `sizes`:
 * UTF-16 code units of each message in the body, so that a part of it is cut out unread. Both stand before the body: what
 * comes after a long value is read through it.
 */
export function beginLog(sql: SqlStorage, epoch: string): void {
  sql.exec(
    `CREATE TABLE IF NOT EXISTS segments (first INTEGER PRIMARY KEY, last INTEGER, at INTEGER, kind INTEGER,
     total INTEGER, ids TEXT, sizes TEXT, body)`,
  );
  sql.exec("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID");
  sql.exec(
    "INSERT OR REPLACE INTO meta (key, value) VALUES ('epoch', ?), ('version', ?)",
    epoch,
    SCHEMA_VERSION,
  );
}

/** Whether there is a table of this name. Asking makes nothing, as a query of the table itself would fail. */
export function hasTable(sql: SqlStorage, name: string): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE name = ?", name).toArray().length > 0;
}

/** What the body of a row is: a text frame, or a binary one. */
export const KIND = { json: 0, binary: 1 } as const;
