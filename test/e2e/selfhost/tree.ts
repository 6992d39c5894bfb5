import { execFile } from "node:child_process";
import { chmod, cp, mkdir, readFile, symlink } from "node:fs/promises";
import { basename, delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { temporaryDirectory } from "../../support/temporary.ts";
import type { Command } from "./host.ts";

const run = promisify(execFile);

/** The parts of a checkout that a build and a start need. */
const ENTRIES = [
  "src",
  "public",
  "docs",
  // The guide, which is a part of the site, has these as pages.
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "package.json",
  "package-lock.json",
  ".npmrc",
  "tsconfig.json",
  "wrangler.toml",
];
/** The files that a build writes into public/. */
const BUILT = /\/public\/[^/]*(\.(js|css|map)|~)$/;

/** The PATH of a shell with npm, without what npm adds for its scripts. */
export const PATH = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((folder) => !folder.includes("node_modules"))
  .join(delimiter);

/** The Node of the repository, with which npm runs scripts. */
export const NODE = resolve("node_modules/node/bin/node");

/** The id of the user `nobody`. */
export const NOBODY = 65_534;

/** A clean copy of the repository, as a checkout with installed packages. `removeTemporary` removes it. */
export async function checkout(): Promise<string> {
  const folder = await temporaryDirectory();
  const filter = (source: string) => !BUILT.test(source) && basename(source) !== "node_modules";
  await Promise.all(ENTRIES.map((entry) => cp(entry, join(folder, entry), { recursive: true, filter })));
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  // For tests that run as another user.
  await chmod(folder, 0o755);
  return folder;
}

/** Builds the service in a checkout. */
export async function build(folder: string): Promise<void> {
  await run("npm", ["run", "-s", "build:selfhost"], { cwd: folder, env: { PATH } });
}

/** The command of a built service, with a data folder beside it and a port that the system chooses. */
export function startCommand(folder: string, env: Record<string, string> = {}): Command {
  return {
    command: [NODE, join(folder, "dist/selfhost/start.mjs")],
    cwd: folder,
    env: { PORT: "0", DATA_DIR: join(folder, "data"), ...env },
  };
}

/** The steps of the Dockerfile that need no Docker. */
export type Image = { build: string[]; run: string[]; env: Record<string, string>; healthcheck: string[] };

export async function readDockerfile(): Promise<Image> {
  const text = await readFile("Dockerfile", "utf8");
  const [first = "", last = ""] = text.split(/^FROM /m).slice(1);
  const [, env = ""] = /^ENV (.+)$/m.exec(last) ?? [];
  return {
    build: [...first.matchAll(/^RUN (.+)$/gm)]
      .map(([, step = ""]) => step)
      .filter((step) => step !== "npm ci"),
    run: JSON.parse(/^CMD (.+)$/m.exec(last)?.[1] ?? ""),
    env: Object.fromEntries(env.split(" ").map((pair) => pair.split("="))),
    healthcheck: JSON.parse(/^HEALTHCHECK .*?CMD (.+)$/m.exec(last)?.[1] ?? ""),
  };
}

/** Makes what the last stage of the Dockerfile copies, in a folder of its own that has nothing else. */
export async function imageFolder(from: string): Promise<string> {
  for (const step of (await readDockerfile()).build)
    await run("sh", ["-c", step], { cwd: from, env: { PATH } });
  const folder = await temporaryDirectory();
  await chmod(folder, 0o755);
  await cp(join(from, "runtime"), folder, { recursive: true });
  await mkdir(join(folder, "data"));
  return folder;
}
