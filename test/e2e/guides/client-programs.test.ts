import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, request as open, type Server } from "node:http";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { remoteRoom } from "../../../src/backend/index.ts";
import { blocksOf } from "../../support/doc-examples.ts";
import { type Service, startService } from "../../support/service.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { SECRET } from "../../support/tokens.ts";

const NODE = resolve("node_modules/node/bin/node");

let service: Service;
let proxy: Server;
beforeAll(async () => {
  service = await startService({ AUTH_SECRET: SECRET });
  // Passes requests on, and no upgrade.
  proxy = createServer((request, response) => {
    const { upgrade: _, connection: __, ...headers } = request.headers;
    const passed = open(service.url + request.url, { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passed);
    response.on("close", () => passed.destroy());
    passed.on("error", () => response.destroy());
  }).listen(0, "localhost");
  await once(proxy, "listening");
});
afterAll(async () => {
  proxy?.closeAllConnections();
  proxy?.close();
  await service?.stop();
});

/** Runs a program with the client. @returns what it prints */
async function run(program: string, env: Record<string, string> = {}): Promise<string> {
  const folder = await temporaryDirectory();
  await writeFile(join(folder, "program.mjs"), program);
  await build({
    entryPoints: [join(folder, "program.mjs")],
    outfile: join(folder, "bundle.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    alias: {
      "dormouse-rooms/backend": resolve("src/backend/index.ts"),
      "dormouse-rooms": resolve("src/client/index.ts"),
    },
    logLevel: "error",
  });
  const args = ["--experimental-eventsource", join(folder, "bundle.mjs")];
  const options = { timeout: 60_000, env: { ...process.env, ...env } };
  const { stdout } = await promisify(execFile)(NODE, args, options);
  return stdout.trim();
}

const programOf = (file: string, text: string) => blocksOf(file).find((block) => block.includes(text)) ?? "";

/** Runs the program of the guide against an address: it publishes two messages, and prints what arrives. */
async function follow(url: string, room: string): Promise<string> {
  const module = programOf("docs/guides/browsers.md", "followRoom");
  const program = `${module}
    const room = followRoom(${JSON.stringify(url)}, ${JSON.stringify(room)}, () => "key-of-a-guest-behind-it", ({ seq, data }) => {
      console.log(seq, data.text);
      if (data.text === "second") process.exit();
    });
    await room.publish({ text: "first" });
    await room.publish({ text: "second" });`;
  return await run(program);
}

const proxied = () => {
  const address = proxy.address();
  return `http://localhost:${typeof address === "object" ? address?.port : ""}`;
};

test("[DOCS-13] the client of the guide about browsers goes on over HTTP with a fresh token when one has ended", async () => {
  const program = `${programOf("docs/guides/browsers.md", "followRoom")}
    import { createToken } from "dormouse-rooms/backend";
    let made = 0;
    const token = () => {
      made++;
      return createToken({ member: "ada", rooms: ["*"], can: ["read", "publish"], expiresIn: 4 }, ${JSON.stringify(SECRET)});
    };
    const room = followRoom(${JSON.stringify(proxied())}, "renewed", token, async ({ seq, data }) => {
      console.log(seq, data.text);
      if (data.text === "last") process.exit();
      // Nothing but the stream asks for a token from now on.
      for (const before = made; made === before; ) await new Promise((resolve) => setTimeout(resolve, 100));
      await room.publish({ text: "last" });
    });
    await room.publish({ text: "first" });`;
  expect(await run(program)).toBe("1 first\n2 last");
});

test("[DOCS-13] the client of the guide about browsers follows a room and publishes once where a proxy opens no WebSocket", async () => {
  expect(await follow(proxied(), "blocked")).toBe("1 first\n2 second");
  expect(await remoteRoom(service.url, { room: "blocked" }).info()).toMatchObject({ seq: 2 });
});

test("[DOCS-13] the program that measures late delivery prints how long its messages take, and how old they are", async () => {
  const program = programOf("docs/OPERATIONS.md", "there and back");
  const printed = await run(program, {
    ROOMS_URL: service.url,
    ROOM: "late",
    TOKEN: "key-of-the-measurement",
  });
  expect(printed.match(/^there and back in \d+ ms$/gm)).toHaveLength(5);
  expect(printed.match(/^from guest-.{4}, stored -?\d+ ms ago$/gm)).toHaveLength(5);
  const { messages } = await remoteRoom(service.url, { room: "late" }).history();
  expect(messages.map(({ data }) => data)).toEqual(Array.from({ length: 5 }, () => ({ text: "probe" })));
});

test("[DOCS-13] the client of the guide about browsers uses a socket where it can", async () => {
  expect(await follow(service.url, "open")).toBe("1 first\n2 second");
});
