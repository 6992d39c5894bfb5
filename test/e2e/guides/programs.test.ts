import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { remoteRoom } from "../../../src/backend/index.ts";
import { blocksOf, stepsUnder } from "../../support/doc-examples.ts";
import { emptyProject, type Project } from "../../support/packed-package.ts";
import { type Service, startService } from "../../support/service.ts";
import { eventually, TestSocket } from "../../support/socket.ts";
import { ALL, SECRET, token } from "../../support/tokens.ts";
import { freePort } from "../../support/wrangler-dev.ts";

const run = promisify(execFile);
const NODE = resolve("node_modules/node/bin");
const ADMIN = token({ sub: "backend", can: [...ALL] });

/** A room reports to the list some seconds after its first use. */
const LISTED_MS = 20_000;

let project: Project;
let service: Service;
beforeAll(async () => {
  const types = ["@types/node", "undici-types", "@types/react", "@types/react-dom", "csstype"];
  project = await emptyProject([
    ...types,
    "@cloudflare/workers-types",
    "react",
    "react-dom",
    "scheduler",
    "wrangler",
  ]);
  await mkdir(join(project.folder, "node_modules/.bin"));
  await symlink(
    resolve("node_modules/wrangler/bin/wrangler.js"),
    join(project.folder, "node_modules/.bin/wrangler"),
  );
  service = await startService({ AUTH_SECRET: SECRET });
}, 240_000);
afterAll(async () => {
  await service?.stop();
  await project?.remove();
});

const guide = (name: string) => blocksOf(`docs/guides/${name}.md`);
/** The block of a guide that has this text. */
function blockWith(name: string, text: string): string {
  const block = guide(name).find((each) => each.includes(text));
  if (block === undefined) throw new Error(`docs/guides/${name}.md has no block with ${text}.`);
  return block;
}

async function write(name: string, content: string): Promise<void> {
  const path = join(project.folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** Runs a command in the project, and returns what it prints. */
async function follow(command: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const settings = { ROOMS_URL: service.url, ADMIN, DORMOUSE_TOKEN: ADMIN, ...env };
  const { stdout } = await run(command, args, {
    cwd: project.folder,
    env: { ...process.env, PATH: `${NODE}:${process.env.PATH}`, WRANGLER_SEND_METRICS: "false", ...settings },
  });
  return stdout.trim();
}

const room = (name: string) => remoteRoom(service.url, { room: name, token: ADMIN });
async function listed(prefix: string): Promise<{ room: string; sockets: number }[]> {
  const query = new URLSearchParams({ prefix });
  const answer = await fetch(`${service.url}/v1/rooms?${query}`, {
    headers: { authorization: `Bearer ${ADMIN}` },
  });
  return (await answer.json()).rooms;
}
const isListed = async (prefix: string, count: number) => (await listed(prefix)).length === count;

describe("the programs of the guides", () => {
  test("[DOCS-13] the Worker that checks messages compiles, and passes the test of the guide about tests", async () => {
    const worker = blockWith("checking-messages", "createDormouse");
    const hook = blockWith("checking-messages", "override async onMessage");
    await write("src/worker.ts", worker);
    await write(
      "src/hook.ts",
      `import { Room, type StoredMessage, type StoredOperation } from "dormouse-rooms/server";
      type Said = { text: string };
      declare function isAllowed(text: string): Promise<boolean>;
      export class Moderated extends Room<object, Said> {\n${hook}\n}`,
    );
    const lives = blockWith("where-a-room-lives", "createDormouse");
    await write(
      "src/places.ts",
      `import { createDormouse } from "dormouse-rooms/server";
      type Env = { CHAT: DurableObjectNamespace };\n${lives}\nexport default dormouse.app;`,
    );
    for (const step of stepsUnder("docs/SERVER.md", "Five steps"))
      if ("file" in step && step.file !== "src/worker.ts") await write(step.file, step.content);
    await project.typeCheck();

    await write("rooms.test.mjs", blockWith("testing", "node:test"));
    const [command = "", ...args] = blockWith("testing", "node --test rooms").split(" ");
    const printed = await follow(command, args, { PORT: String(await freePort()) });
    expect(printed).toContain("pass 2\n");
    expect(printed).toContain("fail 0\n");

    await write("service.test.mjs", blockWith("testing", "process.env.ROOMS_URL"));
    expect(await follow("node", ["--test", "service.test.mjs"])).toContain("pass 1\n");
  }, 180_000);

  test("[DOCS-13] the React component compiles, and renders on a server what the guide states", async () => {
    await write("react/chat.tsx", blockWith("react", '"use client"'));
    await write("react/server.tsx", blockWith("react", "renderToString"));
    const compilerOptions = {
      target: "ES2024",
      module: "ESNext",
      moduleResolution: "Bundler",
      jsx: "react-jsx",
      allowImportingTsExtensions: true,
      types: ["node", "react", "react-dom"],
      strict: true,
      noEmit: true,
    };
    await write("react/tsconfig.json", JSON.stringify({ compilerOptions }));
    await run(resolve("node_modules/.bin/tsc"), ["-p", join(project.folder, "react")]);
    await build({
      entryPoints: [join(project.folder, "react/server.tsx")],
      outfile: join(project.folder, "react/server.cjs"),
      bundle: true,
      platform: "node",
      jsx: "automatic",
      logLevel: "error",
    });
    expect(await follow("node", ["react/server.cjs"])).toContain(blockWith("react", "<li>Ada<!-- -->"));
  }, 180_000);

  test("[DOCS-13] the list of rooms prints the rooms that are in use", async () => {
    for (const name of ["guide-list-a", "guide-list-b"]) await room(name).publish({ text: "one" });
    const member = await TestSocket.open(service.room("guide-list-a"), ["dormouse.v1", `bearer.${ADMIN}`]);
    await eventually(async () => {
      const [a, b] = await listed("guide-list-");
      return a?.sockets === 1 && b?.sockets === 0;
    }, LISTED_MS);
    await write("list.mjs", blockWith("list-of-rooms", "listRooms"));
    const printed = await follow("node", ["list.mjs"], { PREFIX: "guide-list-" });
    member.ws.terminate();
    expect(printed.split("\n")).toEqual([
      expect.stringMatching(/^guide-list-a: 1 sockets, \d+ messages a minute$/),
    ]);
  }, 180_000);

  test("[DOCS-13] a split room delivers an announcement once, in each part", async () => {
    await write(
      "show.mjs",
      `${blockWith("many-sockets", "joinShow")}\n${blockWith("many-sockets", "announce")}`,
    );
    await write(
      "viewers.mjs",
      `import { announce, joinShow, partOf, PARTS } from "./show.mjs";
      const ids = Array.from({ length: 200 }, (_, i) => "viewer-" + i);
      const parts = [...new Set(ids.map(partOf))].sort();
      const host = new URL(process.env.ROOMS_URL).host;
      const rooms = parts.map((part) => joinShow(ids.find((id) => partOf(id) === part), { host, cursor: null }));
      const received = rooms.map((room) => new Promise((resolve) => room.on("message", ({ data }) => resolve(data))));
      for (let tries = 0; tries < 2; tries++) await announce("We begin.", "begin");
      console.log(parts.length === PARTS, ...(await Promise.all(received)));
      for (const room of rooms) room.leave();`,
    );
    expect(await follow("node", ["viewers.mjs"])).toBe(`true${" We begin.".repeat(10)}`);
    for (let part = 0; part < 10; part++) expect(await room(`show-${part}`).info()).toMatchObject({ seq: 1 });
  }, 180_000);

  test("[DOCS-13] a backup in two runs restores the room, and an erased room keeps its old log", async () => {
    const name = "guide backup ä";
    const backUp = () => follow("node", ["backup.mjs"], { FOLDER: "backup", PREFIX: name });
    await write("backup.mjs", blockWith("backup", "listRooms"));
    await room(name).publishMany([{ data: "one" }, { data: '{"end":true}' }]);
    await eventually(() => isListed(name, 1), LISTED_MS);
    await backUp();
    await room(name).publish({ text: "three" });
    await backUp();
    const restore = blockWith("backup", "--data-binary")
      .replace("lobby.ndjson", `${encodeURIComponent(name)}.ndjson`)
      .replace("rooms/restored", "rooms/guide-restored");
    await follow("sh", ["-c", restore], { FOLDER: "backup" });
    const { messages } = await room(name).history();
    expect(messages.length).toBe(3);
    expect((await room("guide-restored").history()).messages).toEqual(messages);

    await room(name).erase();
    await room(name).publish("a new log");
    await eventually(() => isListed(name, 1), LISTED_MS);
    await backUp();
    expect((await readdir(join(project.folder, "backup"))).length).toBe(2);
  }, 180_000);

  test("[DOCS-13] the page is off with the list of the guide, and the client and the rooms stay", async () => {
    await cp("public", join(project.folder, "off/public"), { recursive: true });
    await write("off/public/.assetsignore", blockWith("branding", "index.html\n"));
    const config = readFileSync("wrangler.toml", "utf8")
      .replace("src/worker.ts", resolve("src/worker.ts"))
      .replace(/\[build\]\n(?:.+\n)*/, "")
      .replace("[vars]", blockWith("where-a-room-lives", "LOCATION_HINT = "));
    expect(config).toContain('LOCATION_HINT = "weur"');
    await write("off/wrangler.toml", config);
    const dev = await project.dev("/healthz", "off/wrangler.toml");
    try {
      const status = async (path: string) => (await fetch(dev.url + path)).status;
      const off = ["/", "/index.html", "/docs", "/admin", "/guide/", "/sw.js"];
      expect(await Promise.all(off.map(status))).toEqual(off.map(() => 404));
      expect(await Promise.all(["/dormouse.js", "/v1/rooms/lobby"].map(status))).toEqual([200, 200]);
    } finally {
      await dev.stop();
    }
  }, 180_000);
});
