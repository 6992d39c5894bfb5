import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);

/** Wrangler looks for secrets next to the real wrangler.toml, so the test copies it. */
const COPIED = ["package.json", "wrangler.toml", "tsconfig.json", "src", "public"];

const FILE = "src/env.d.ts";
const SECRETS = [".dev.vars", ".env", ".env.local"];

test("[API-30] npm run types ignores local secrets", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dormouse-types-"));
  try {
    for (const name of COPIED) await cp(name, join(folder, name), { recursive: true });
    await symlink(resolve("node_modules"), join(folder, "node_modules"));
    for (const name of SECRETS) await writeFile(join(folder, name), "AUTH_SECRET=local\nONLY_HERE=1\n");
    // `npm run check` compares with `--check`, so the test runs the command both with it and without.
    await run("npm", ["run", "-s", "types", "--", "--check"], { cwd: folder });
    await run("npm", ["run", "-s", "types"], { cwd: folder });
    expect(await readFile(join(folder, FILE), "utf8")).toBe(await readFile(FILE, "utf8"));
  } finally {
    await rm(folder, { recursive: true });
  }
}, 120_000);
