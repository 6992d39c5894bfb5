/**
 * Builds the npm package `dormouse-rooms` into dist/package/: one bundle for each entry, and the type declarations that the entries
 * need. `npm pack` and `npm publish` run it.
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { type BuildOptions, build } from "esbuild";

const OUT = "dist/package";

const RELATIVE_IMPORT = /(?:from|import\()\s*"(\.[^"]+)"/g;

/** The bundles of the package, and what each leaves to be installed beside it. */
const BUNDLES: readonly BuildOptions[] = [
  {
    // The entries of the client share modules, so that one page shares its rooms between them.
    entryPoints: {
      client: "src/client/index.ts",
      core: "src/client/core.ts",
      files: "src/client/files/index.ts",
      react: "src/client/react/index.ts",
    },
    splitting: true,
    minify: true,
    external: ["react"],
  },
  {
    // The client as one file, for pages without a bundler. The service serves the same at /dormouse.js.
    entryPoints: { dormouse: "src/client/index.ts" },
    minify: true,
  },
  {
    // These share modules, so that an error of one is a `DormouseError` of the others.
    entryPoints: {
      protocol: "src/protocol/index.ts",
      backend: "src/backend/index.ts",
      server: "src/server/index.ts",
    },
    splitting: true,
    external: ["cloudflare:workers", "hono", "jose", "valibot"],
  },
];

/** The folders whose declarations are emitted, and the declarations of the entries. */
const TYPED = ["client", "server"];
const ENTRY_TYPES = [
  "client/index.d.ts",
  "client/core.d.ts",
  "client/files/index.d.ts",
  "client/react/index.d.ts",
  "protocol/index.d.ts",
  "backend/index.d.ts",
  "server/index.d.ts",
];

// Two builds may run at once, so each has a folder of its own, and the package is replaced as a whole.
const staging = `${OUT}-${process.pid}`;
mkdirSync(staging, { recursive: true });
for (const bundle of BUNDLES) {
  await build({
    ...bundle,
    outdir: staging,
    bundle: true,
    format: "esm",
    target: "es2022",
    sourcemap: true,
    logLevel: "warning",
  });
}

const declarations = mkdtempSync(join(tmpdir(), "dormouse-types-"));
try {
  for (const folder of TYPED) {
    execFileSync("npx", ["tsc", "-p", `src/${folder}`, "--outDir", declarations], { stdio: "inherit" });
  }
  for (const file of reachable(ENTRY_TYPES)) {
    const target = join(staging, "types", file);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(declarations, file), target);
    writeFileSync(target, withJsExtensions(readFileSync(target, "utf8")));
  }
} finally {
  rmSync(declarations, { recursive: true, force: true });
}
const replaced = `${staging}-replaced`;
if (existsSync(OUT)) renameSync(OUT, replaced);
renameSync(staging, OUT);
rmSync(replaced, { recursive: true, force: true });

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
