import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { unstable_readConfig as readConfig } from "wrangler";
import { builtWorker } from "../built-worker.ts";
import { removeTemporary, temporaryDirectory } from "../temporary.ts";

/** The fields of wrangler.toml that workerd needs, as Wrangler reads them. */
export type Config = {
  main: string;
  compatibility_date: string;
  compatibility_flags: string[];
  durable_objects: { bindings: { name: string; class_name: string }[] };
  vars: Record<string, unknown>;
};

/** A Worker: its configuration and its modules, the main module first. */
export type Bundle = { config: Config; modules: { name: string; source: Buffer | string }[] };

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");

let bundled: Promise<Bundle> | undefined;

/** The service as `wrangler deploy` uploads it, without the pages. It is built once per process. */
export function serviceBundle(): Promise<Bundle> {
  bundled ??= bundleService();
  return bundled;
}

/** A Worker of one module and one Durable Object class, with the compatibility date and flags of the service. */
export async function singleClassBundle(
  object: { name: string; class_name: string },
  source: string,
): Promise<Bundle> {
  const { config } = await serviceBundle();
  const main = `${object.class_name.toLowerCase()}.js`;
  return {
    config: { ...config, main, durable_objects: { bindings: [object] }, vars: {} },
    modules: [{ name: main, source }],
  };
}

/** Bundles a TypeScript module and its imports into one ES module for workerd. */
export async function bundleModule(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:*", "workerd:*"],
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`esbuild wrote no output for ${file}.`);
  return output.text;
}

async function bundleService(): Promise<Bundle> {
  const { build: _, assets: __, ...service } = readConfig({ config: join(ROOT, "wrangler.toml") });
  const config: Config = service;
  const built = builtWorker();
  if (built !== undefined) return { config, modules: await modulesOf(built, config) };
  const directory = await temporaryDirectory();
  try {
    const file = join(directory, "wrangler.json");
    await writeFile(file, JSON.stringify(config));
    const out = join(directory, "out");
    const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };
    const args = [WRANGLER, "deploy", "--dry-run", "--config", file, "--outdir", out];
    await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
    return { config, modules: await modulesOf(out, config) };
  } finally {
    await removeTemporary(directory);
  }
}

async function modulesOf(directory: string, { main }: Config): Promise<Bundle["modules"]> {
  const first = `${basename(main, extname(main))}.js`;
  const files = (await readdir(directory)).filter((name) => name !== "README.md" && !name.endsWith(".map"));
  const names = [first, ...files.filter((name) => name !== first)];
  const other = names.find((name) => !name.endsWith(".js"));
  if (other !== undefined) {
    throw new Error(`The bundle contains ${other}, which is not a script. Add its module type to config.ts.`);
  }
  return Promise.all(names.map(async (name) => ({ name, source: await readFile(join(directory, name)) })));
}
