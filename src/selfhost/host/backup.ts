/**
 * Copies the data folder to another folder while the service runs: `npm run -s backup -- TARGET`. Each database is copied within one read
 * transaction, so the copy of a room is the room at one moment.
 */
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ROOMS, writeMarker } from "./data-folder.ts";
import { createEmptyFolder, databasesOf } from "./databases.ts";
import { diskFull, HostError } from "./host-error.ts";
import { readDataDir } from "./options.ts";
import { runProgram } from "./run-program.ts";
import { importSqlite } from "./sqlite.ts";

/** All pages in one step. With several, a room that is written to would start its copy again and again. */
const ALL_PAGES = 2 ** 31 - 1;
const LOCK_MS = 10_000;

await runProgram(async (env, args) => {
  const [given, ...more] = args;
  if (given === undefined || more.length > 0) {
    throw new HostError("Pass the folder of the backup: npm run -s backup -- /backups/today");
  }
  const from = readDataDir(env);
  const target = resolve(given);
  const databases = databasesOf(from);
  createEmptyFolder(target);
  let count = 0;
  for (const name of databases) {
    if (await copyDatabase(join(from, ROOMS, name), join(target, ROOMS, name))) count++;
  }
  mkdirSync(join(target, ROOMS), { recursive: true });
  // Last, so that an interrupted backup is not taken for a whole one.
  writeMarker(target);
  console.log(`Copied ${count} databases from ${from} to ${target}.`);
  return 0;
});

/** @returns whether the database still existed */
async function copyDatabase(file: string, target: string): Promise<boolean> {
  const { DatabaseSync, backup } = await importSqlite();
  mkdirSync(dirname(target), { recursive: true });
  let source: InstanceType<typeof DatabaseSync> | undefined;
  try {
    // Read-only, because closing a writable connection takes a lock that the room does not wait for.
    source = new DatabaseSync(file, { readOnly: true, timeout: LOCK_MS });
    await backup(source, target, { rate: ALL_PAGES });
    return true;
  } catch (error) {
    rmSync(target, { force: true });
    // A room gives its storage back once it is empty.
    if (String(error).includes("unable to open")) return false;
    throw (
      diskFull(error, target) ??
      new HostError(`${file} could not be copied: ${error instanceof Error ? error.message : error}.`)
    );
  } finally {
    source?.close();
  }
}
