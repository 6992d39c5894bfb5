/**
 * Writes the references of the package's API from the JSDoc of its entries: `docs/api/` for the client, `docs/api-server/` for the server
 * and the backend. `npm run fix:api` runs it. With `--check` it writes nothing, and fails where a folder is not up to date.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { anchorsOf, parse } from "../guide/markdown.ts";

type Reference = { out: string; name: string; entryPoints: string[]; tsconfig: string };

const REFERENCES: readonly Reference[] = [
  {
    out: "docs/api",
    name: "API of the client",
    entryPoints: [
      "src/client/index.ts",
      "src/client/core.ts",
      "src/client/files/index.ts",
      "src/client/react/index.ts",
    ],
    tsconfig: "src/client/tsconfig.json",
  },
  {
    out: "docs/api-server",
    name: "API of the server and the backend",
    entryPoints: ["src/server/index.ts", "src/backend/index.ts"],
    tsconfig: "src/server/tsconfig.json",
  },
];

// TypeDoc uses the JavaScript API of TypeScript 6, which version 7 does not have. Another tool of this repository brings that version.
const parentURL = import.meta.resolve("swagger-typescript-api");
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, specifier === "typescript" ? { ...context, parentURL } : context),
});

const isCheck = process.argv.includes("--check");
for (const reference of REFERENCES)
  if (isCheck) await check(reference);
  else await write(reference);

async function check(reference: Reference): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "dormouse-api-"));
  try {
    await write({ ...reference, out: folder });
    const outdated = differences(folder, reference.out);
    if (outdated.length === 0) return;
    console.error(`${reference.out} is not up to date (${outdated.join(", ")}). Run "npm run fix:api".`);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function write({ out, name, entryPoints, tsconfig }: Reference): Promise<void> {
  const { Application } = await import("typedoc");
  const app = await Application.bootstrapWithPlugins({
    plugin: ["typedoc-plugin-markdown"],
    entryPoints,
    tsconfig,
    skipErrorChecking: true,
    readme: "none",
    disableSources: true,
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    logLevel: "Warn",
    treatWarningsAsErrors: true,
    name,
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
  if (project === undefined)
    throw new Error(`TypeDoc cannot read ${entryPoints.join(", ")}. See its errors above.`);
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
  correctAnchors(out);
}

/** TypeDoc numbers an anchor where a property that has no heading has the same name. Its links then lead nowhere. */
function correctAnchors(folder: string): void {
  for (const file of filesOf(folder)) {
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    const corrected = text.replaceAll(
      /\]\(([\w./-]*)#([\w-]+?)-\d+\)/g,
      (link, target: string, anchor: string) => {
        const page = read(target === "" ? path : join(dirname(path), target));
        const numbered = link.slice(link.indexOf("#") + 1, -1);
        const anchors = anchorsOf(parse(page ?? ""));
        return anchors.has(numbered) || !anchors.has(anchor) ? link : `](${target}#${anchor})`;
      },
    );
    if (corrected !== text) writeFileSync(path, corrected);
  }
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
