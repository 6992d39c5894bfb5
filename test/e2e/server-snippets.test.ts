import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blocksOf } from "../support/doc-examples.ts";
import { emptyProject, type Project } from "../support/packed-package.ts";

let project: Project;
beforeAll(async () => {
  project = await emptyProject(["@cloudflare/workers-types", "@types/node", "undici-types"]);
}, 120_000);
afterAll(() => project?.remove());

const TYPESCRIPT = /^(?:\/\/.*\n)*(?:import|export|const|function|async|await|for await|override|app\.) ?/;
const IMPORTED = /^import (?:type )?\{([^}]*)\}/gm;
const METHOD = /^override /;

/** Names of the library that snippets use without importing them again, and what they take from the app around them. */
const NAMES = {
  "dormouse-rooms/server": [
    "createDormouse",
    "Room",
    "reject",
    "type Author",
    "type Draft",
    "type StoredMessage",
    "remoteRoom",
  ],
  hono: ["Hono"],
};
const AROUND: Record<string, string> = {
  dormouse: "const dormouse: import('dormouse-rooms/server').Dormouse<Env>",
  env: "const env: Env & { REALTIME: import('dormouse-rooms/server').DormouseEntrypoint }",
  app: "const app: Hono<{ Bindings: Env }>",
  room: "const room: import('dormouse-rooms/server').RoomApi<Said>",
  user: "const user: { id: string; name: string; team: string }",
  id: "const id: string",
  version: "const version: string",
  number: "const number: number",
  lastSeq: "const lastSeq: number",
  archive: "function archive(seq: number, data: Said): Promise<void>",
  index: "function index(room: string, message: { seq: number; data: Said }): Promise<void>",
  Env: "type Env = { CHAT: DurableObjectNamespace; QUEUE: Queue; SESSION_SECRET: string }",
  Said: "type Said = { text: string }",
};

const uses = (code: string, name: string) => new RegExp(`(?<![\\w.])${name}\\b(?!:)`).test(code);
const declares = (code: string, name: string) =>
  new RegExp(`\\b(?:const|function|type|class|interface) ${name}\\b`).test(code);

/** A snippet with what it leaves to the reader. */
function completed(snippet: string): string {
  const code = METHOD.test(snippet)
    ? `export class ChatRoom extends Room<Env, Said> {\n${snippet}\n}`
    : snippet;
  const imported = [...code.matchAll(IMPORTED)].flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.trim().replace("type ", "")),
  );
  const around = Object.entries(AROUND).filter(([name]) => !declares(code, name));
  const context = around.map(([, declaration]) => `declare ${declaration};`).join("\n");
  const imports = Object.entries(NAMES).map(([from, names]) => {
    const missing = names.filter((name) => {
      const plain = name.replace("type ", "");
      return !imported.includes(plain) && uses(code + context, plain);
    });
    return `import { ${missing.join(", ")} } from "${from}";`;
  });
  return `${imports.join("\n")}\n${context}\n${code}\nexport {};\n`;
}

describe("the snippets of docs/SERVER.md and README.md about rooms in a Worker", () => {
  test("[API-31] [API-11] compile with strict types", async () => {
    const ofReadme = blocksOf("README.md").filter((block) => block.includes("dormouse-rooms/server"));
    const isTyped = (block: string) => TYPESCRIPT.test(block) && !block.includes('"/dormouse.js"');
    const snippets = [...blocksOf("docs/SERVER.md").filter(isTyped), ...ofReadme];
    expect(snippets.length).toBeGreaterThan(9);
    for (const [i, snippet] of snippets.entries())
      await writeFile(join(project.folder, `snippet-${i}.ts`), completed(snippet));
    const compilerOptions = {
      target: "ES2024",
      lib: ["ES2024"],
      module: "ESNext",
      moduleResolution: "Bundler",
      types: ["@cloudflare/workers-types", "node"],
      strict: true,
      noImplicitOverride: true,
      skipLibCheck: true,
      noEmit: true,
    };
    await writeFile(
      join(project.folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions, include: ["*.ts"] }),
    );
    await project.typeCheck();
  });
});
