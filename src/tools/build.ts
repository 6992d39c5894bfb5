/**
 * Bundles the pages and the browser client into public/. Run by `npm run build`, which `wrangler dev` and `wrangler deploy`
 * run by themselves. A file takes its place whole and at once: it may be asked for meanwhile.
 */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type BuildOptions, build } from "esbuild";

const SHARED: BuildOptions = {
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  logLevel: "warning",
  outdir: "public",
};

/** The page, and what it loads only when that is used. */
const page = build({
  ...SHARED,
  entryPoints: { app: "src/app/main.tsx", qr: "src/app/view/qr.ts" },
  splitting: true,
  sourcemap: true,
  write: false,
});
const own = build({
  ...SHARED,
  entryPoints: { sw: "src/app/sw.ts", style: "src/app/style/index.css", dormouse: "src/client/index.ts" },
  sourcemap: true,
  write: false,
});
/** Nearly all of it is a component that others have written: its map would be many times its size. */
const docs = build({ ...SHARED, entryPoints: { docs: "src/docs/main.ts" }, write: false });

const outputFiles = (await Promise.all([page, own, docs])).flatMap((built) => built.outputFiles);
for (const { path, contents } of outputFiles) {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}~`;
  await writeFile(draft, contents);
  await rename(draft, path);
}
