/** Bundles the entries of the npm package for browsers and Node into dist/. `npm run build:package` runs it. */
import { rm } from "node:fs/promises";
import { build } from "esbuild";

const OUT = "dist";

await rm(OUT, { recursive: true, force: true });
await build({
  entryPoints: {
    dormouse: "src/client/index.ts",
    core: "src/client/core.ts",
    react: "src/client/react/index.ts",
  },
  // What the entries share is one module, so that the rooms of a page are shared between them.
  splitting: true,
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  external: ["react"],
  logLevel: "warning",
  outdir: OUT,
});
