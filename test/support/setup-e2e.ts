import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { chromiumPath } from "./browser.ts";
import { BUILT_WORKER } from "./service.ts";

/**
 * Runs before the test files. Finds or installs Chromium, so that no test waits for an installation, and builds the Worker and the
 * page once for all services.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  chromiumPath();
  const folder = await mkdtemp(join(tmpdir(), "dormouse-worker-"));
  await build(folder);
  // Test files run in processes that inherit it.
  process.env[BUILT_WORKER] = folder;
  project.onTestsRerun(() => build(folder));
  return () => rm(folder, { recursive: true, force: true });
}

async function build(folder: string): Promise<void> {
  await promisify(execFile)(
    "node_modules/.bin/wrangler",
    ["deploy", "--dry-run", "--env=", "--outdir", folder],
    {
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" },
    },
  );
}
