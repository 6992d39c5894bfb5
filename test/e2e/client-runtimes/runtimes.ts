import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where a version of Node is kept between runs. (Two packages with a command `node` cannot be installed side by side.) */
const CACHE = "node_modules/.cache/dormouse-runtimes";

export type Runtime = {
  /** The command that runs a file. */
  command(): Promise<string[]>;
  /** A module with a WebSocket, for a runtime that has none. */
  socketModule?: string;
};

const PLATFORM = process.platform === "win32" ? "win" : process.platform;

/** Installs a version of Node from npm, unless that has happened before. */
async function installNode(version: string): Promise<string> {
  const folder = resolve(CACHE, version);
  const name = `node-${PLATFORM}-${process.arch}`;
  const binary = resolve(folder, "node_modules", name, "bin/node");
  if (!existsSync(binary)) {
    const options = ["--no-save", "--no-package-lock", "--ignore-scripts", "--prefix", folder];
    await run("npm", ["install", ...options, `${name}@${version}`]);
  }
  return binary;
}

const node = (version: string): Pick<Runtime, "command"> => ({
  command: async () => [await installNode(version)],
});

export const RUNTIMES: Readonly<Record<string, Runtime>> = {
  "Node 20 with a socket of ws": {
    ...node("20.20.2"),
    socketModule: pathToFileURL(resolve("node_modules/ws/wrapper.mjs")).href,
  },
  "Node 22": node("22.23.3"),
  "Node 24": { command: async () => [resolve("node_modules/.bin/node")] },
  Bun: { command: async () => [resolve("node_modules/.bin/bun")] },
  Deno: { command: async () => [resolve("node_modules/.bin/deno"), "run", "--no-config", "--allow-net"] },
};
