import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { codeOf, diskFull, HostError } from "./host-error.ts";
import { importSqlite } from "./sqlite.ts";

/** The layout of the folder and its databases. It rises when an earlier version could not continue with the folder. */
export const LAYOUT = 1;

/** Says that a folder belongs to Dormouse, and in which layout. */
export const MARKER = "dormouse.json";
/** Where workerd keeps its Durable Objects: `rooms/<class>/<id>.sqlite`. */
export const ROOMS = "rooms";
const LOCK = "lock.sqlite";
/** The entries that a new folder may hold: those that a file system has in its root, and the lock of a start that did not get further. */
const IGNORED = new Set(["lost+found", LOCK, `${LOCK}-journal`]);

/** An open data folder. No other process of this machine opens it until `close`, or until this process ends. */
export type DataFolder = { rooms: string; close(): void };

/**
 * Creates the folder where it is missing, checks that it is writable and of a known layout, and locks it.
 *
 * @throws HostError
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const { DatabaseSync } = await importSqlite();
  try {
    mkdirSync(path, { recursive: true });
    checkLayout(path);
    accessSync(path, constants.W_OK | constants.X_OK);
    // Before the marker, which would change the layout under an earlier version that runs.
    const lock = new DatabaseSync(join(path, LOCK));
    lockOrThrow(lock, path);
    writeMarker(path);
    mkdirSync(join(path, ROOMS), { recursive: true });
    return { rooms: join(path, ROOMS), close: () => lock.close() };
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw diskFull(error, path) ?? new HostError(sentenceOf(path, error));
  }
}

/** @throws HostError where the folder is not one that this version can continue */
export function checkLayout(path: string): void {
  const layout = readLayout(path);
  if (layout === undefined) {
    if (readdirSync(path).every((name) => IGNORED.has(name))) return;
    throw new HostError(
      `DATA_DIR is ${path}, which holds other files and no ${MARKER}. Set it to an empty folder or to one of Dormouse.`,
    );
  }
  if (layout <= LAYOUT) return;
  throw new HostError(
    `The folder ${path} was written by a newer version of Dormouse (layout ${layout}, this version knows ${LAYOUT}). Install that version, or set DATA_DIR to another folder.`,
  );
}

/** @returns undefined where the folder has no marker */
function readLayout(path: string): number | undefined {
  const file = join(path, MARKER);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  const layout = layoutIn(text);
  if (layout !== undefined) return layout;
  throw new HostError(`${file} is not readable as {"layout":${LAYOUT}}. Restore it from a backup.`);
}

function layoutIn(text: string): number | undefined {
  try {
    const { layout } = JSON.parse(text);
    return Number.isSafeInteger(layout) && layout > 0 ? layout : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the marker under another name first, so that it is never half written. */
export function writeMarker(path: string): void {
  const temporary = join(path, `${MARKER}.${process.pid}~`);
  try {
    writeFileSync(temporary, `${JSON.stringify({ layout: LAYOUT })}\n`, { flush: true });
    renameSync(temporary, join(path, MARKER));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function lockOrThrow(lock: DatabaseSync, path: string): void {
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    if (!String(error).includes("locked")) throw error;
    throw new HostError(
      `Another Dormouse uses the folder ${path}. Stop it, or set DATA_DIR to another folder.`,
    );
  }
}

function sentenceOf(path: string, error: unknown): string {
  const code = codeOf(error);
  if (code === "EEXIST" || code === "ENOTDIR") {
    return `DATA_DIR is ${path}, where a file is in the way. Set it to a folder.`;
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return `DATA_DIR is ${path}, which this user cannot write to. Change its owner, or set DATA_DIR to another folder.`;
  }
  return `DATA_DIR is ${path}, which cannot be used: ${error instanceof Error ? error.message : error}.`;
}
