/**
 * Builds what runs without Cloudflare into dist/selfhost/: the Worker as `wrangler deploy` uploads it, the static site around it, and the
 * programs that start it, back it up and restore it. `npm start` runs it.
 */
import { execFileSync } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { build } from "esbuild";
import { unstable_readConfig as readConfig } from "wrangler";
import { DECLARATIONS } from "../../settings/settings.ts";
import type { Manifest } from "../host/manifest.ts";
import { siteOf } from "./site.ts";

const OUT = "dist/selfhost";
const ENTRY = "self-hosted.js";

type Binding = { name: string; class_name: string };

const { main, assets, vars, ...config } = readConfig({ config: "wrangler.toml" });
if (main === undefined || assets?.directory === undefined)
  throw new Error("wrangler.toml names no main or no assets.");

await mkdir(dirname(OUT), { recursive: true });
// The folder changes as a whole, so that no start finds half a build. A service that runs has read all of it.
const folder = await mkdtemp(`${OUT}-`);
try {
  const modules = await bundleService(folder);
  // Wrangler's build has written the pages, so the site is complete only now.
  const siteFiles = await copySite(folder);
  await bundlePrograms(folder);
  const manifest: Manifest = {
    compatibilityDate: config.compatibility_date ?? "",
    compatibilityFlags: config.compatibility_flags,
    modules: [ENTRY, ...modules],
    siteFiles,
    durableObjects: config.durable_objects.bindings.map(({ name, class_name }: Binding) => ({
      name,
      className: class_name,
    })),
    settings: Object.fromEntries(
      Object.keys(DECLARATIONS).flatMap((name) =>
        vars[name] === undefined ? [] : [[name, String(vars[name])]],
      ),
    ),
  };
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest, null, 2));
  // The service runs as another user than the one who builds it.
  await chmod(folder, 0o755);
  await rm(OUT, { recursive: true, force: true });
  await rename(folder, OUT);
} catch (error) {
  await rm(folder, { recursive: true, force: true });
  throw error;
}

/** The scripts of the Worker, the main one first. */
async function bundleService(out: string): Promise<string[]> {
  execFileSync(
    process.execPath,
    ["node_modules/wrangler/bin/wrangler.js", "deploy", "--dry-run", "--env=", "--outdir", out],
    {
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  await rm(join(out, "README.md"), { force: true });
  const first = `${basename(main ?? "", extname(main ?? ""))}.js`;
  const names = (await readdir(out)).filter((name) => !name.endsWith(".map"));
  const other = names.find((name) => !name.endsWith(".js"));
  if (other !== undefined) throw new Error(`The bundle contains ${other}, which is not a script.`);
  return [first, ...names.filter((name) => name !== first)];
}

/** @returns the files of the site */
async function copySite(out: string): Promise<string[]> {
  const from = assets?.directory ?? "";
  const first = assets?.run_worker_first;
  const site = await siteOf(from, Array.isArray(first) ? first : []);
  const files = Object.values(site.paths).flatMap((path) => ("file" in path ? [path.file] : []));
  for (const file of files) {
    await mkdir(dirname(join(out, "site", file)), { recursive: true });
    await copyFile(join(from, file), join(out, "site", file));
  }
  const service = `./${basename(main ?? "", extname(main ?? ""))}.js`;
  await build({
    stdin: {
      contents: `
        import service from "${service}";
        import { selfHosted } from "./src/selfhost/worker/self-hosted.ts";
        export * from "${service}";
        export default selfHosted(service, ${JSON.stringify(site)});`,
      resolveDir: ".",
    },
    bundle: true,
    format: "esm",
    target: "es2024",
    external: [service],
    outfile: join(out, ENTRY),
    logLevel: "warning",
  });
  return files;
}

async function bundlePrograms(out: string): Promise<void> {
  await build({
    entryPoints: {
      start: "src/selfhost/host/start.ts",
      backup: "src/selfhost/host/backup.ts",
      restore: "src/selfhost/host/restore.ts",
    },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    outdir: out,
    outExtension: { ".js": ".mjs" },
    logLevel: "warning",
  });
}
