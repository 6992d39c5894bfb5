import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const MOST_SCRIPT = 40_000;
const MOST_STYLE = 8000;

async function sizeOf(...entryPoints: string[]): Promise<number> {
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    format: "esm",
    // What is loaded only when it is used.
    external: ["./qr.ts"],
    minify: true,
    target: "es2022",
    write: false,
    outdir: "out",
  });
  return outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
}

test(`[PAGE-7] the scripts of the page's first view, the client in them, are under ${MOST_SCRIPT} bytes gzipped`, async () => {
  expect(await sizeOf("src/app/main.tsx", "src/app/sw.ts")).toBeLessThan(MOST_SCRIPT);
});

test(`[PAGE-7] its style is under ${MOST_STYLE} bytes gzipped`, async () => {
  expect(await sizeOf("src/app/style/index.css")).toBeLessThan(MOST_STYLE);
});
