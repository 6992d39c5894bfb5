import { SettingError } from "../../settings/settings.ts";
import { HostError } from "./host-error.ts";
import type { Environment } from "./options.ts";

/**
 * Runs a program and ends the process with its exit code. An error that a person can act on ends it with code 1 and one sentence; any
 * other shows where it happened.
 */
export async function runProgram(
  program: (env: Environment, args: string[]) => Promise<number>,
): Promise<never> {
  try {
    process.exit(await program(process.env, process.argv.slice(2)));
  } catch (error) {
    console.error(error instanceof HostError || error instanceof SettingError ? error.message : error);
    process.exit(1);
  }
}
