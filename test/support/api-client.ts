import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const require = createRequire(import.meta.url);

/** Makes a TypeScript client from a description of an API, as somebody who finds it would, in this folder. */
export async function generateClient(description: object, folder: string): Promise<void> {
  const file = join(folder, "openapi.json");
  await writeFile(file, JSON.stringify(description));
  const generator = join(dirname(require.resolve("openapi-typescript-codegen/package.json")), "bin/index.js");
  await promisify(execFile)(process.execPath, [
    generator,
    "--input",
    file,
    "--output",
    join(folder, "client"),
    "--useOptions",
  ]);
}

/** What the compiler has to say of a file and all that it imports. */
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
