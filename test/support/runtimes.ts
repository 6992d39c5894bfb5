import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { arch, platform } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";

/** A JavaScript runtime. `command`: its executable. `args`: what stands before a module. */
export type Runtime = { name: string; command(): Promise<string>; args: readonly string[] };

/**
 * The packages of runtimes for this platform, with the path of the executable. They have 100 MB each, so they are no dependencies: the
 * first test that needs one installs it.
 */
const BUN = {
  package: `@oven/bun-${platform()}-${arch() === "arm64" ? "aarch64" : arch()}`,
  version: "1.4.5",
  file: "bin/bun",
};
const DENO = {
  package: `@deno/${platform()}-${arch()}${platform() === "linux" ? "-glibc" : ""}`,
  version: "2.9.6",
  file: "deno",
};

/** The oldest Node that the package supports is the one that installs it; the tools run in a newer one. */
export const RUNTIMES: readonly Runtime[] = [
  { name: "the Node of this machine", command: async () => nodeOfMachine(), args: [] },
  { name: "the Node of the tools", command: async () => resolve("node_modules/node/bin/node"), args: [] },
  { name: "Bun", command: () => installed(BUN), args: ["run"] },
  {
    name: "Deno",
    command: () => installed(DENO),
    args: ["run", "--allow-all", "--no-lock", "--node-modules-dir=manual"],
  },
];

/** The executable of a runtime, which is installed where it is missing. */
async function installed(runtime: typeof BUN): Promise<string> {
  const folder = resolve("node_modules/.cache/runtimes", `${runtime.package}@${runtime.version}`);
  const file = join(folder, "node_modules", runtime.package, runtime.file);
  if (existsSync(file)) return file;
  await mkdir(folder, { recursive: true });
  const args = ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund"];
  await promisify(execFile)("npm", [...args, `${runtime.package}@${runtime.version}`]);
  return file;
}

/** The first on the path that is not in a `node_modules`. */
function nodeOfMachine(): string {
  const folders = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"));
  const found = folders.map((folder) => join(folder, "node")).find((file) => existsSync(file));
  if (found === undefined) throw new Error("There is no node on the path outside node_modules.");
  return found;
}
