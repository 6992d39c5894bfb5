import { relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";

/** Bundles a program that uses a part of the package, minified, without React, and without what it loads on demand. */
async function bundle(program: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: "src/client", loader: "ts" },
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    external: ["react"],
    splitting: true,
    outdir: "out",
    write: false,
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs).filter((file) => file !== "<stdin>");
  const loaded = new Set(["out/stdin.js"]);
  for (const file of loaded) {
    for (const { path, kind } of metafile.outputs[file]?.imports ?? [])
      if (kind === "import-statement" && path !== "react") loaded.add(path);
  }
  const scripts = outputFiles.filter(({ path }) => loaded.has(relative(".", path)));
  const all = Buffer.concat(scripts.map(({ contents }) => contents));
  const onDemand = outputFiles.filter((file) => !scripts.includes(file)).map(({ contents }) => contents);
  const gzip = (content: Uint8Array) => gzipSync(content, { level: 9 }).length;
  return { gzipped: gzip(all), onDemand: gzip(Buffer.concat(onDemand)), inputs };
}

const PARTS = [
  ["core", 6000, 'export { joinRoom, RoomError } from "./core.ts"'],
  ["core with timeline", 9000, 'export { joinRoom, RoomError, Timeline } from "./core.ts"'],
  ["all", 11_000, 'export * from "./index.ts"'],
] as const;

describe("the size of the client, minified and gzipped", () => {
  test.each(PARTS)("[VIEW-6] %s is under %i bytes", async (name, most, program) => {
    const { gzipped } = await bundle(program);
    console.log(`${name}: ${gzipped} bytes`);
    expect(gzipped).toBeLessThan(most);
  });

  test("[VIEW-6] the React hooks add less than 1000 bytes", async () => {
    const all = 'export * from "./index.ts"';
    const [without, hooks] = await Promise.all([
      bundle(all),
      bundle(`${all};export * from "./react/index.ts"`),
    ]);
    const added = hooks.gzipped - without.gzipped;
    console.log(`react: ${added} bytes more`);
    expect(added).toBeLessThan(1000);
  });

  test("[VIEW-6] uploads add less than 2500 bytes", async () => {
    const core = 'export * from "./core.ts"';
    const [without, files] = await Promise.all([
      bundle(core),
      bundle(`${core};export * from "./files/index.ts"`),
    ]);
    const added = files.gzipped - without.gzipped;
    console.log(`files: ${added} bytes more`);
    expect(added).toBeLessThan(2500);
  });

  test("[VIEW-6] what tabs need to share a socket loads on demand, and is under 4000 bytes", async () => {
    const { onDemand } = await bundle('export * from "./index.ts"');
    console.log(`shared tabs: ${onDemand} bytes on demand`);
    expect(onDemand).toBeGreaterThan(1000);
    expect(onDemand).toBeLessThan(4000);
  });

  test("[VIEW-6] it brings no code of others", async () => {
    const { inputs } = await bundle('export * from "./index.ts"');
    expect(inputs.filter((file) => !/^src\/(client|protocol)\//.test(file))).toEqual([]);
    expect(inputs.length).toBeGreaterThan(20);
  });
});
