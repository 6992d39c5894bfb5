import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { chromiumPath } from "./browser.ts";
import { buildWorker } from "./built-worker.ts";

/**
 * Runs before the test files. Finds or installs Chromium, so that no test waits for an installation, and builds the Worker and the
 * page once for all services.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  chromiumPath();
  const folder = await mkdtemp(join(tmpdir(), "dormouse-worker-"));
  await buildWorker(folder);
  project.onTestsRerun(() => buildWorker(folder));
  return () => rm(folder, { recursive: true, force: true });
}
