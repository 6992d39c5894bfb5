/**
 * Builds the npm package `dormouse-rooms` into dist/package/: one bundle for each entry, and the type declarations that the entries
 * need. `npm pack` and `npm publish` run it.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { build } from "esbuild";

const OUT = "dist/package";

const RELATIVE_IMPORT = /(?:from|import\()\s*"(\.[^"]+)"/g;

/** The entries of the package by their folders in src/, and what each bundle leaves to be installed beside it. */
const ENTRIES = [
  { entry: "client", minify: true, external: [] },
  { entry: "protocol", minify: false, external: [] },
  { entry: "server", minify: false, external: ["cloudflare:workers", "hono", "jose", "valibot"] },
] as const;

rmSync(OUT, { recursive: true, force: true });
for (const { entry, minify, external } of ENTRIES) {
  await build({
    entryPoints: [`src/${entry}/index.ts`],
    outfile: `${OUT}/${entry}.js`,
    bundle: true,
    format: "esm",
    target: "es2022",
    sourcemap: true,
    logLevel: "warning",
    minify,
    external: [...external],
  });
}

const declarations = mkdtempSync(join(tmpdir(), "dormouse-types-"));
try {
  for (const { entry } of ENTRIES) {
    execFileSync("npx", ["tsc", "-p", `src/${entry}`, "--outDir", declarations], { stdio: "inherit" });
  }
  for (const file of reachable(ENTRIES.map(({ entry }) => `${entry}/index.d.ts`))) {
    const target = join(OUT, "types", file);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(declarations, file), target);
    writeFileSync(target, withJsExtensions(readFileSync(target, "utf8")));
  }
} finally {
  rmSync(declarations, { recursive: true, force: true });
}

/** The declarations that some declarations import, directly or not. */
function reachable(entries: readonly string[]): ReadonlySet<string> {
  const files = new Set<string>();
  const todo = [...entries];
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const [, specifier = ""] of readFileSync(join(declarations, file), "utf8").matchAll(
      RELATIVE_IMPORT,
    )) {
      todo.push(posix.join(posix.dirname(file), specifier.replace(/\.[jt]s$/, ".d.ts")));
    }
  }
  return files;
}

/** Node's resolution finds `x.d.ts` for `x.js`, and the compiler emits the specifiers of the source. */
function withJsExtensions(text: string): string {
  return text.replaceAll(RELATIVE_IMPORT, (found) => found.replace(/\.ts"$/, '.js"'));
}
