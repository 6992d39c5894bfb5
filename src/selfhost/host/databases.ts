import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkLayout, ROOMS, writeMarker } from "./data-folder.ts";
import { codeOf, HostError } from "./host-error.ts";
import { importSqlite } from "./sqlite.ts";

/** All pages in one step. With several, a room that is written to would start its copy again and again. */
const ALL_PAGES = 2 ** 31 - 1;
const LOCK_MS = 10_000;

/**
 * Copies the databases of a data folder into an empty one. Each is copied within one read transaction, so the copy of a room is the room
 * at one moment.
 *
 * @param onCopied gets the path of each copy
 * @returns how many there are
 * @throws HostError
 */
export async function copyDatabases(
  from: string,
  target: string,
  onCopied: (file: string) => Promise<void> | void = () => {},
): Promise<number> {
  const databases = databasesOf(from);
  emptyFolder(target);
  let count = 0;
  for (const name of databases) {
    const copy = join(target, ROOMS, name);
    if (!(await copyDatabase(join(from, ROOMS, name), copy))) continue;
    await onCopied(copy);
    count++;
  }
  mkdirSync(join(target, ROOMS), { recursive: true });
  // Last, so that an interrupted copy is not taken for a whole one.
  writeMarker(target);
  return count;
}

/** The databases of the folder, by their paths below `rooms`. Those of alarms come last, for them to know the alarms of all copies. */
function databasesOf(from: string): string[] {
  try {
    checkLayout(from);
    return readdirSync(join(from, ROOMS), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".sqlite"))
      .sort((a, b) => Number(isOfAlarms(a)) - Number(isOfAlarms(b)));
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw new HostError(`The folder ${from} is not a data folder that this user can read.`);
  }
}

function isOfAlarms(name: string): boolean {
  return name.endsWith("metadata.sqlite");
}

function emptyFolder(target: string): void {
  try {
    mkdirSync(target, { recursive: true });
    if (readdirSync(target).length === 0) return;
  } catch (error) {
    throw new HostError(`The folder ${target} cannot be written: ${codeOf(error)}.`);
  }
  throw new HostError(`The folder ${target} is not empty. Choose a new one, so that nothing mixes.`);
}

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
    throw new HostError(`${file} could not be copied: ${error instanceof Error ? error.message : error}.`);
  } finally {
    source?.close();
  }
}
