import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { buildChatPage, SHARED } from "../../src/tools/chat-page.ts";

const MAX_SCRIPT_BYTES = 40_000;
const MAX_STYLE_BYTES = 8000;

const gzipped = (contents: Uint8Array) => gzipSync(contents, { level: 9 }).length;

async function gzippedBytes(entryPoint: string): Promise<number> {
  const { outputFiles } = await build({ ...SHARED, entryPoints: [entryPoint], write: false });
  return outputFiles.reduce((sum, { contents }) => sum + gzipped(contents), 0);
}

/** The gzipped size of scripts of the page, with those that they import statically. */
async function gzippedPage(names: readonly string[]): Promise<number> {
  const { outputFiles, metafile } = await buildChatPage();
  const needed = new Set(names.map((name) => `public/${name}.js`));
  for (const path of needed)
    for (const { path: imported, kind } of metafile.outputs[path]?.imports ?? [])
      if (kind === "import-statement") needed.add(imported);
  return outputFiles
    .filter(({ path }) => [...needed].some((name) => path.endsWith(`/${name}`)))
    .reduce((sum, { contents }) => sum + gzipped(contents), 0);
}

describe("bundle size", () => {
  test.each(["en", "zh"])(
    `[PAGE-7] keeps the page's scripts in %s, with the client, under ${MAX_SCRIPT_BYTES} bytes gzipped`,
    async (language) => {
      const apart = ["src/app/service-worker.ts", "src/app/start.ts"];
      const bytes = [await gzippedPage(["app", language]), ...(await Promise.all(apart.map(gzippedBytes)))];
      const sum = bytes.reduce((sum, part) => sum + part, 0);
      console.log(`the page in ${language}: ${sum} bytes`);
      expect(sum).toBeLessThan(MAX_SCRIPT_BYTES);
    },
  );

  test(`[PAGE-7] keeps the style of the first view under ${MAX_STYLE_BYTES} bytes gzipped`, async () => {
    expect(await gzippedBytes("src/app/styles/index.css")).toBeLessThan(MAX_STYLE_BYTES);
  });
});
