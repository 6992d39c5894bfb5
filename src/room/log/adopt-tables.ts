/** The tables of versions before 0.2, by their names then, and how their statements begin. They had no prefix. */
const OLD_TABLES = [
  ["segments", "CREATE TABLE segments (first INTEGER PRIMARY KEY, last INTEGER"],
  ["meta", "CREATE TABLE meta (key TEXT PRIMARY KEY, value)"],
  ["bans", "CREATE TABLE bans (member TEXT PRIMARY KEY, until INTEGER)"],
  ["outgoing", "CREATE TABLE outgoing (id INTEGER PRIMARY KEY, seq INTEGER, events TEXT)"],
  ["outgoing_members", "CREATE TABLE outgoing_members (member TEXT PRIMARY KEY, name TEXT)"],
  ["outgoing_state", "CREATE TABLE outgoing_state (id INTEGER PRIMARY KEY, state TEXT)"],
] as const;

/** A table whose content lasted a minute, and is not worth keeping. */
const DROPPED = ["debts", "CREATE TABLE debts (debtor TEXT PRIMARY KEY"] as const;

/**
 * Renames the tables of an earlier version: the room's own tables now have a prefix, so that its owner's tables can have any other name.
 * A table of the owner's is recognized by its other columns, and stays. Creates nothing.
 */
export function adoptTables(storage: DurableObjectStorage): void {
  const { sql } = storage;
  const tables = sql.exec<{ name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_master WHERE type = 'table'",
  );
  const statements = new Map([...tables].map((table) => [table.name, table.sql]));
  const isOld = ([name, begin]: readonly [string, string]) =>
    statements.get(name)?.replaceAll(/\s+/g, " ").startsWith(begin) === true;
  const old = OLD_TABLES.filter((table) => isOld(table) && !statements.has(`dormouse_${table[0]}`));
  if (old.length === 0 && !isOld(DROPPED)) return;
  storage.transactionSync(() => {
    for (const [name] of old) sql.exec(`ALTER TABLE ${name} RENAME TO dormouse_${name}`);
    if (isOld(DROPPED)) sql.exec(`DROP TABLE ${DROPPED[0]}`);
  });
}
