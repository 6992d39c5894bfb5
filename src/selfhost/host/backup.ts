/** Copies the data folder to another folder while the service runs: `npm run -s backup -- TARGET`. */
import { resolve } from "node:path";
import { copyDatabases } from "./databases.ts";
import { HostError } from "./host-error.ts";
import { readDataDir } from "./options.ts";
import { runProgram } from "./run-program.ts";

await runProgram(async (env, args) => {
  const [given, ...more] = args;
  if (given === undefined || more.length > 0) {
    throw new HostError("Pass the folder of the backup: npm run -s backup -- /backups/today");
  }
  const from = readDataDir(env);
  const target = resolve(given);
  console.log(`Copied ${await copyDatabases(from, target)} databases from ${from} to ${target}.`);
  return 0;
});
