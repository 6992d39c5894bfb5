/** The two tables of a log before version 0.2 of the package. Its tables had no prefix. */
const OLD_META = "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID";
const OLD_SEGMENTS = "CREATE TABLE segments (first INTEGER PRIMARY KEY, last INTEGER";

/** The other tables of that version, by their names then. */
const OLD_TABLES = new Map([
  ["bans", "CREATE TABLE bans (member TEXT PRIMARY KEY, until INTEGER) WITHOUT ROWID"],
  ["outgoing", "CREATE TABLE outgoing (id INTEGER PRIMARY KEY, seq INTEGER, events TEXT)"],
  ["outgoing_members", "CREATE TABLE outgoing_members (member TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID"],
  ["outgoing_state", "CREATE TABLE outgoing_state (id INTEGER PRIMARY KEY, state TEXT)"],
]);

/** A table whose content lasted a minute, and is not worth keeping. */
const DROPPED = "debts";

/**
 * Renames the tables of an earlier version: the room's own tables now have a prefix, so that its owner's tables can have any other name.
 * Only a log with an epoch is proof of that version, because it had no tables of an owner. All else is the owner's, whatever its name.
 * Creates nothing.
 */
export function adoptTables(storage: DurableObjectStorage): void {
  const { sql } = storage;
  const tables = sql.exec<{ name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_master WHERE type = 'table'",
  );
  const statements = new Map([...tables].map((table) => [table.name, oneLine(table.sql)]));
  if (statements.get("meta") !== OLD_META || !statements.get("segments")?.startsWith(OLD_SEGMENTS)) return;
  const meta = sql.exec("SELECT 1 FROM meta WHERE key IN ('epoch', 'version')").toArray();
  if (meta.length < 2 || statements.has("dormouse_meta")) return;
  const others = [...OLD_TABLES].filter(([name, statement]) => statements.get(name) === statement);
  storage.transactionSync(() => {
    for (const name of ["meta", "segments", ...others.map(([name]) => name)])
      sql.exec(`ALTER TABLE ${name} RENAME TO dormouse_${name}`);
    sql.exec(`DROP TABLE IF EXISTS ${DROPPED}`);
  });
}

function oneLine(statement: string): string {
  return statement.replaceAll(/\s+/g, " ");
}
