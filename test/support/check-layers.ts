import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, matchesGlob, posix } from "node:path";
import { parseSync } from "oxc-parser";
import { LAYERS } from "./layers.ts";

/** Fails where a file of `src/` imports, also for a type only, what its layer may not. `npm run check` runs this. */
const broken = globSync("src/**/*.{ts,tsx}").flatMap((file) =>
  importsOf(file).flatMap(({ specifier, line }) => {
    const target = posix.join(dirname(file), specifier);
    if (!existsSync(target)) return [`${file}:${line} imports ${specifier}, which does not exist`];
    return mayImport(file, target) ? [] : [`${file}:${line} may not import ${target}`];
  }),
);

for (const line of broken) console.error(line);
if (broken.length > 0) {
  console.error("Imports go one way: test/support/layers.ts lists which folders may import which.");
  process.exit(1);
}

/** The relative imports and re-exports of a file; it does not matter whether they are types. */
function importsOf(file: string): { specifier: string; line: number }[] {
  const text = readFileSync(file, "utf8");
  const { staticImports, staticExports, dynamicImports } = parseSync(file, text).module;
  const requests = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest),
    ...staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest ?? [])),
    ...dynamicImports.map(({ moduleRequest }) => ({
      value: text.slice(moduleRequest.start + 1, moduleRequest.end - 1),
      start: moduleRequest.start,
    })),
  ];
  return requests
    .filter(({ value }) => value.startsWith("."))
    .map(({ value, start }) => ({ specifier: value, line: text.slice(0, start).split("\n").length }));
}

function mayImport(file: string, target: string): boolean {
  const layer = LAYERS.find(({ files }) => matchesGlob(file, files));
  if (layer === undefined) return false;
  return [layer.files, ...layer.mayImport].some((pattern) => matchesGlob(target, pattern));
}
