/** Copies a backup to the data folder, which must be new or empty: `npm run -s restore -- BACKUP`. */
import { chmodSync, copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { MARKER, ROOMS, writeMarker } from "./data-folder.ts";
import { createEmptyFolder, databasesOf } from "./databases.ts";
import { diskFull, HostError } from "./host-error.ts";
import { readDataDir } from "./options.ts";
import { renewEpoch } from "./renew-epoch.ts";
import { runProgram } from "./run-program.ts";

await runProgram(async (env, args) => {
  const [given, ...more] = args;
  if (given === undefined || more.length > 0) {
    throw new HostError("Pass the folder of the backup: npm run -s restore -- /backups/today");
  }
  const from = resolve(given);
  const target = readDataDir(env);
  if (!existsSync(join(from, MARKER))) {
    throw new HostError(`The folder ${from} has no ${MARKER}, so it is no whole backup. Choose another one.`);
  }
  const databases = databasesOf(from);
  createEmptyFolder(target);
  for (const name of databases) await restoreDatabase(join(from, ROOMS, name), join(target, ROOMS, name));
  mkdirSync(join(target, ROOMS), { recursive: true });
  // Last, so that no service starts with a part of the rooms.
  writeMarker(target);
  console.log(`Copied ${databases.length} databases from ${from} to ${target}.`);
  return 0;
});

/** Nobody writes to a backup, so files are copied as they are: SQLite could not open them in a folder that is read-only. */
async function restoreDatabase(file: string, target: string): Promise<void> {
  try {
    mkdirSync(dirname(target), { recursive: true });
    // The folder of a service that was stopped has these, too.
    for (const end of ["", "-wal"]) {
      if (end !== "" && !existsSync(file + end)) continue;
      copyFileSync(file + end, target + end);
      chmodSync(target + end, 0o600);
    }
    await renewEpoch(target);
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw (
      diskFull(error, target) ??
      new HostError(`${file} could not be restored: ${error instanceof Error ? error.message : error}.`)
    );
  }
}
