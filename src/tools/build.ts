/**
 * Bundles the pages and the browser client into public/. `npm run build` runs it, and so do `wrangler dev` and `wrangler deploy`.
 * Each file is written under another name and then renamed, so that a running server never serves half a file.
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

/** The chat page, its texts in each language, and the QR encoder that it loads on demand. */
const chatPage = build({
  ...SHARED,
  entryPoints: {
    app: "src/app/main.tsx",
    en: "src/app/i18n/en.ts",
    zh: "src/app/i18n/zh.ts",
    qr: "src/app/components/dialogs/qr-encoder.ts",
  },
  charset: "utf8",
  splitting: true,
  sourcemap: true,
  write: false,
});
const standalone = build({
  ...SHARED,
  entryPoints: {
    sw: "src/app/service-worker.ts",
    style: "src/app/styles/index.css",
    dormouse: "src/client/index.ts",
  },
  sourcemap: true,
  write: false,
});
/** Without a source map: nearly all of the code is Swagger UI, and its map would be many times the size of the script. */
const apiPage = build({ ...SHARED, entryPoints: { docs: "src/docs/main.ts" }, write: false });

const outputs = (await Promise.all([chatPage, standalone, apiPage])).flatMap(
  ({ outputFiles }) => outputFiles,
);
for (const { path, contents } of outputs) {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}~`;
  await writeFile(temporary, contents);
  await rename(temporary, path);
}
