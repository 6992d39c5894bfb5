import { existsSync } from "node:fs";
import { arch, platform } from "node:os";
import { delimiter, join, resolve } from "node:path";

/** A JavaScript runtime, and its command for a module. */
export type Runtime = { name: string; command: string; args: readonly string[] };

/** The oldest Node that the package supports is the one that installs it; the tools run in a newer one. */
export const RUNTIMES: readonly Runtime[] = [
  { name: "the Node of this machine", command: nodeOfMachine(), args: [] },
  { name: "the Node of the tools", command: resolve("node_modules/node/bin/node"), args: [] },
  {
    name: "Bun",
    command: resolve(`node_modules/@oven/bun-${platform()}-${archOfBun()}/bin/bun`),
    args: ["run"],
  },
  {
    name: "Deno",
    command: resolve(
      `node_modules/@deno/${platform()}-${arch()}${platform() === "linux" ? "-glibc" : ""}/deno`,
    ),
    args: ["run", "--allow-all", "--no-lock", "--node-modules-dir=manual"],
  },
];

function archOfBun(): string {
  return arch() === "arm64" ? "aarch64" : arch();
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
