import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);

/** Wrangler looks for secrets beside the real wrangler.toml, so that must be a copy. */
const COPIED = ["package.json", "wrangler.toml", "tsconfig.json", "src", "public"];

const FILE = "src/env.d.ts";
const SECRETS = [".dev.vars", ".env", ".env.local"];

test("[API-30] the generated types are the same on a machine that has local secrets", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dormouse-types-"));
  try {
    for (const name of COPIED) await cp(name, join(folder, name), { recursive: true });
    await symlink(resolve("node_modules"), join(folder, "node_modules"));
    for (const name of SECRETS) await writeFile(join(folder, name), "AUTH_SECRET=local\nONLY_HERE=1\n");
    // What `npm run check` compares is what the command in the file's first lines makes, so both are looked at.
    await run("npm", ["run", "-s", "types", "--", "--check"], { cwd: folder });
    await run("npm", ["run", "-s", "types"], { cwd: folder });
    expect(await readFile(join(folder, FILE), "utf8")).toBe(await readFile(FILE, "utf8"));
  } finally {
    await rm(folder, { recursive: true });
  }
}, 120_000);
