import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { generateApi } from "swagger-typescript-api";

const require = createRequire(import.meta.url);

/** Generates a TypeScript client, `client.ts` in `folder`, from an OpenAPI description. */
export async function generateClient(description: object, folder: string): Promise<void> {
  const file = join(folder, "openapi.json");
  await writeFile(file, JSON.stringify(description));
  await generateApi({ input: file, output: folder, fileName: "client.ts", silent: true });
}

/** Compiles `source` as `main.ts` in `folder`. Returns what the compiler prints: nothing when it finds no error. */
export async function compile(folder: string, source: string): Promise<string> {
  await writeFile(join(folder, "main.ts"), source);
  const options = {
    strict: true,
    noEmit: true,
    target: "ES2023",
    lib: ["ES2023", "DOM", "DOM.Iterable"],
    module: "ESNext",
    moduleResolution: "Bundler",
    types: [],
  };
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: options, files: ["main.ts"] }),
  );
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  return promisify(execFile)(process.execPath, [compiler, "-p", folder]).then(
    () => "",
    (error: { stdout?: string }) => error.stdout ?? String(error),
  );
}
