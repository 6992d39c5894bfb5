import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { temporaryDirectory } from "./temporary.ts";
import { type Dev, startDev } from "./wrangler-dev.ts";

const run = promisify(execFile);

/** The packages that a user's project installs beside this one, taken from here, so that no test waits for a registry. */
const BESIDE = [
  "react",
  "@types/react",
  "csstype",
  "@types/node",
  "undici-types",
  "@cloudflare/workers-types",
];

/** A project of a user's, in which the packed package is installed. */
export type Project = {
  folder: string;
  /** Type-checks the project by its tsconfig.json. @throws with the compiler's output */
  typeCheck(): Promise<void>;
  /** Runs its Worker by `wrangler dev`. Two runs share their storage. `vars` replace those of its configuration. */
  dev(health: string, config?: string, vars?: Record<string, string>): Promise<Dev>;
  remove(): Promise<void>;
};

/** The dependencies of the package itself. */
const DEPENDENCIES = ["hono", "jose", "valibot"];

let file: Promise<string> | undefined;

/** The file of the packed package. It is packed once per process. */
function packed(): Promise<string> {
  file ??= pack();
  return file;
}

async function pack(): Promise<string> {
  const folder = await temporaryDirectory();
  const { stdout } = await run("npm", ["pack", "--json", "--silent", "--pack-destination", folder], {
    maxBuffer: 16 * 1024 * 1024,
  });
  const [{ filename }] = JSON.parse(stdout);
  return join(folder, filename);
}

/** Packs the package and makes a project of the files of an example, with other packages beside it. */
export async function projectWith(example: string, beside: readonly string[] = []): Promise<Project> {
  const project = await emptyProject([...BESIDE, ...beside]);
  await cp(example, project.folder, { recursive: true });
  await writeFile(join(project.folder, "package.json"), '{"type":"module"}');
  return project;
}

/** Packs the package and makes a project that has nothing else than it, and these other packages. */
export async function emptyProject(beside: readonly string[]): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "dormouse-project-"));
  const installed = join(folder, "node_modules/dormouse-rooms");
  await mkdir(installed, { recursive: true });
  await run("tar", ["-xzf", await packed(), "-C", installed, "--strip-components", "1"]);
  for (const name of new Set([...DEPENDENCIES, ...beside])) {
    const target = join(folder, "node_modules", name);
    await mkdir(join(target, ".."), { recursive: true });
    await symlink(resolve("node_modules", name), target);
  }
  return {
    folder,
    async typeCheck() {
      await run(resolve("node_modules/.bin/tsc"), ["-p", folder]).catch((error: { stdout: string }) => {
        throw new Error(error.stdout);
      });
    },
    dev: (health, config = "wrangler.toml", vars = {}) =>
      startDev(
        resolve("node_modules/node/bin/node"),
        [
          resolve("node_modules/wrangler/bin/wrangler.js"),
          "dev",
          "--config",
          join(folder, config),
          "--persist-to",
          join(folder, "state"),
          ...Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
        ],
        health,
      ),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
