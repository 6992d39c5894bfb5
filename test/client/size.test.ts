import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const MOST_BYTES = 6600;

test(`the browser client is under ${MOST_BYTES} bytes, minified and gzipped, and brings nothing with it`, async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: ["src/client/index.ts"],
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    write: false,
    metafile: true,
  });
  const [output] = outputFiles;
  expect(gzipSync(output?.contents ?? "", { level: 9 }).length).toBeLessThan(MOST_BYTES);
  expect(Object.keys(metafile.inputs).filter((file) => !/^src\/(client|protocol)\//.test(file))).toEqual([]);
});
