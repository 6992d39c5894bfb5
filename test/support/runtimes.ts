import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { arch, platform } from "node:os";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

export type Runtime = {
  name: string;
  /** The executable, and what stands before the path of a module. */
  command(): Promise<readonly [string, ...string[]]>;
  /** A module with a WebSocket, for a runtime that has none. */
  socketModule?: string;
};

/** A package with the executable of a runtime for this platform. `file`: the executable in the package. */
type RuntimePackage = { package: string; version: string; file: string };

const node = (version: string): RuntimePackage => ({
  package: `node-${platform()}-${arch()}`,
  version,
  file: "bin/node",
});
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

/** The runtimes that the client and the backend library support. */
export const RUNTIMES: readonly Runtime[] = [
  {
    name: "Node 20",
    command: async () => [await installed(node("20.20.2"))],
    socketModule: pathToFileURL(resolve("node_modules/ws/wrapper.mjs")).href,
  },
  { name: "Node 22", command: async () => [await installed(node("22.23.3"))] },
  { name: "Node 24", command: async () => [resolve("node_modules/node/bin/node")] },
  { name: "Bun", command: async () => [await installed(BUN), "run"] },
  {
    name: "Deno",
    command: async () => [
      await installed(DENO),
      "run",
      "--allow-all",
      "--no-lock",
      "--node-modules-dir=manual",
    ],
  },
];

/**
 * The executable of a runtime. The packages have 100 MB each, so they are no dependencies: the first test that needs one installs
 * it. The package itself holds the executable, so that no script of it has to run.
 */
async function installed(runtime: RuntimePackage): Promise<string> {
  const folder = resolve("node_modules/.cache/runtimes", `${runtime.package}@${runtime.version}`);
  const file = resolve(folder, "node_modules", runtime.package, runtime.file);
  if (existsSync(file)) return file;
  await mkdir(folder, { recursive: true });
  const options = [
    "--prefix",
    folder,
    "--no-save",
    "--no-package-lock",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
  ];
  await promisify(execFile)("npm", ["install", ...options, `${runtime.package}@${runtime.version}`]);
  return file;
}
