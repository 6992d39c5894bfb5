import { execFile } from "node:child_process";
import { promisify } from "node:util";

const VARIABLE = "DORMOUSE_TEST_BUILT_WORKER";

/** The folder of the Worker that was built for this run of tests, so that not each start builds it and the page. */
export const builtWorker = (): string | undefined => process.env[VARIABLE];

/** Builds the Worker and the page as `wrangler deploy` does, for this process and all that it starts. */
export async function buildWorker(folder: string): Promise<void> {
  await promisify(execFile)(
    "node_modules/.bin/wrangler",
    ["deploy", "--dry-run", "--env=", "--outdir", folder],
    { env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" } },
  );
  process.env[VARIABLE] = folder;
}
