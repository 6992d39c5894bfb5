/** Copies a backup to the data folder, which must be new or empty: `npm run -s restore -- BACKUP`. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { MARKER } from "./data-folder.ts";
import { copyDatabases } from "./databases.ts";
import { HostError } from "./host-error.ts";
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
  console.log(`Copied ${await copyDatabases(from, target, renewEpoch)} databases from ${from} to ${target}.`);
  return 0;
});
