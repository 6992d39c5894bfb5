/**
 * Writes the reference of the client's API, `docs/api/`, from the JSDoc of `src/client`. `npm run fix:api` runs it. With `--check` it
 * writes nothing, and fails where the folder is not up to date.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { registerHooks } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const OUT = "docs/api";

// TypeDoc uses the JavaScript API of TypeScript 6, which version 7 does not have. Another tool of this repository brings that version.
const parentURL = import.meta.resolve("swagger-typescript-api");
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, specifier === "typescript" ? { ...context, parentURL } : context),
});

const isCheck = process.argv.includes("--check");
const folder = isCheck ? mkdtempSync(join(tmpdir(), "dormouse-api-")) : OUT;
try {
  await write(folder);
  const outdated = isCheck ? differences(folder, OUT) : [];
  if (outdated.length > 0) {
    console.error(`${OUT} is not up to date (${outdated.join(", ")}). Run "npm run fix:api".`);
    process.exitCode = 1;
  }
} finally {
  if (isCheck) rmSync(folder, { recursive: true });
}

async function write(out: string): Promise<void> {
  const { Application } = await import("typedoc");
  const app = await Application.bootstrapWithPlugins({
    plugin: ["typedoc-plugin-markdown"],
    entryPoints: ["src/client/index.ts", "src/client/core.ts", "src/client/react/index.ts"],
    tsconfig: "src/client/tsconfig.json",
    skipErrorChecking: true,
    readme: "none",
    disableSources: true,
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    logLevel: "Warn",
    treatWarningsAsErrors: true,
    name: "API of the client",
    hideGenerator: true,
    router: "module",
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    parametersFormat: "table",
    propertyMembersFormat: "table",
    interfacePropertiesFormat: "table",
    typeDeclarationFormat: "table",
    entryFileName: "README",
    out,
  } as Parameters<typeof Application.bootstrapWithPlugins>[0]);
  const project = await app.convert();
  if (project === undefined) throw new Error("TypeDoc cannot read the client. See its errors above.");
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
}

/** The files of two folders that differ. */
function differences(one: string, other: string): string[] {
  const files = new Set([...filesOf(one), ...filesOf(other)]);
  return [...files].filter((file) => read(join(one, file)) !== read(join(other, file))).sort();
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"));
  } catch {
    return [];
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
