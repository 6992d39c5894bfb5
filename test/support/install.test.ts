import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);

/** The lock file has the format of npm 11. Other versions may write another. */
const { stdout: version } = await run("npm", ["--version"]);

const FILES = ["package.json", "package-lock.json", ".npmrc"];

test.runIf(version.startsWith("11."))(
  "[API-30] npm install leaves package-lock.json unchanged, and it names no registry",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "dormouse-install-"));
    try {
      await Promise.all(FILES.map((file) => copyFile(file, join(folder, file))));
      const args = ["install", "--package-lock-only", "--ignore-scripts", "--offline"];
      await run("npm", args, { cwd: folder });
      const lock = await readFile("package-lock.json", "utf8");
      expect(await readFile(join(folder, "package-lock.json"), "utf8")).toBe(lock);
      expect(lock).not.toContain('"resolved"');
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
