import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { checkLayout, ROOMS } from "./data-folder.ts";
import { codeOf, HostError } from "./host-error.ts";

/** The databases of a data folder, by their paths below `rooms`. Those of alarms come last, for them to know the alarms of all copies. */
export function databasesOf(from: string): string[] {
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

/** Creates the folder that databases are copied to. */
export function createEmptyFolder(target: string): void {
  try {
    mkdirSync(target, { recursive: true });
    if (readdirSync(target).length === 0) return;
  } catch (error) {
    throw new HostError(`The folder ${target} cannot be written: ${codeOf(error)}.`);
  }
  throw new HostError(`The folder ${target} is not empty. Choose a new one, so that nothing mixes.`);
}
