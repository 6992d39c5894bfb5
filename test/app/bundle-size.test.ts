import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";

const MAX_SCRIPT_BYTES = 40_000;
const MAX_STYLE_BYTES = 8000;

async function gzippedBytes(...entryPoints: string[]): Promise<number> {
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    format: "esm",
    // The page loads the QR encoder on demand, and the texts of one language.
    external: ["./qr-encoder.ts", "./en.ts", "./zh.ts"],
    charset: "utf8",
    minify: true,
    target: "es2022",
    write: false,
    outdir: "out",
  });
  return outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
}

describe("bundle size", () => {
  test.each(["en", "zh"])(
    `[PAGE-7] keeps the page's scripts in %s, with the client, under ${MAX_SCRIPT_BYTES} bytes gzipped`,
    async (language) => {
      const bytes = await gzippedBytes(
        "src/app/main.tsx",
        `src/app/i18n/${language}.ts`,
        "src/app/service-worker.ts",
      );
      console.log(`the page in ${language}: ${bytes} bytes`);
      expect(bytes).toBeLessThan(MAX_SCRIPT_BYTES);
    },
  );

  test(`[PAGE-7] keeps the page's style under ${MAX_STYLE_BYTES} bytes gzipped`, async () => {
    expect(await gzippedBytes("src/app/styles/index.css")).toBeLessThan(MAX_STYLE_BYTES);
  });
});
