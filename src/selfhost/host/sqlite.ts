import { HostError } from "./host-error.ts";

/** @throws HostError where Node is too old to have SQLite with backups */
export async function importSqlite(): Promise<typeof import("node:sqlite")> {
  const sqlite = await import("node:sqlite").catch(() => undefined);
  if (sqlite?.backup !== undefined) return sqlite;
  throw new HostError(`Node ${process.version} has no SQLite with backups. Use Node 22.16 or newer.`);
}
