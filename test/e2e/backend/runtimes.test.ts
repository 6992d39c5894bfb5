import { execFile } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signatureHeaders } from "../../../src/webhooks/signature.ts";
import { blocksOf } from "../../support/doc-examples.ts";
import { type Project, projectWith } from "../../support/packed-package.ts";
import { RUNTIMES } from "../../support/runtimes.ts";
import { TestSocket } from "../../support/socket.ts";
import { SECRET } from "../../support/tokens.ts";
import { startWorkerd, type Workerd } from "../../support/workerd/workerd.ts";
import { FaultyService } from "./faulty-service.ts";

const run = promisify(execFile);
const WEBHOOK_SECRET = `whsec_${randomBytes(24).toString("base64")}`;

let service: Workerd;
let faulty: FaultyService;
let project: Project;
beforeAll(async () => {
  service = await startWorkerd({ vars: { AUTH_SECRET: SECRET, AUTH_MODE: "token" } });
  faulty = await FaultyService.start(service.url);
  project = await projectWith("docs/examples/backend");
  // Node 20 runs no TypeScript.
  const { code } = await transform(await readFile("docs/examples/backend/app.ts", "utf8"), { loader: "ts" });
  await writeFile(join(project.folder, "app.js"), code);
  await writeFile(join(project.folder, "main.js"), MAIN);
}, 120_000);
afterAll(async () => {
  await faulty?.stop();
  await service?.stop();
  await project?.remove();
});

/** Sends requests to the app, one after the other, and prints the answers as JSON after all that the app prints. */
const MAIN = `
import { DormouseError } from "dormouse-rooms/backend";
import { DormouseError as ProtocolError } from "dormouse-rooms/protocol";
import app from "./app.js";
if (DormouseError !== ProtocolError) throw new Error("The entries have an error class each.");
const answers = [];
for (const { path, ...init } of JSON.parse(process.env.REQUESTS)) {
  const response = await app.request(path, init);
  answers.push([response.status, await response.text()]);
}
console.log(JSON.stringify(answers));
`;

/** Snippets that import the backend library. */
const isOfBackend = (snippet: string) => snippet.includes('from "dormouse-rooms/backend"');

/** The names that the snippets take from the app around them. */
const AROUND = `
import type { Hono } from "hono";
type Said = { text: string };
declare const app: Hono;
declare const number: number;
declare const user: { id: string; name: string; team: string };
declare function index(room: string, message: { seq: number; data: Said }): Promise<void>;
`;

describe("the example of a backend, from the packed package", () => {
  test("[API-32] [API-11] compiles with strict types, like the snippets of the documents, without the types of Workers", async () => {
    const snippets = ["README.md", "docs/SERVER.md", "docs/ACCESS.md"].flatMap(blocksOf).filter(isOfBackend);
    expect(snippets.length).toBe(5);
    for (const [i, snippet] of snippets.entries())
      await writeFile(join(project.folder, `snippet-${i}.ts`), `${snippet}\n${AROUND}`);
    const options = JSON.parse(await readFile(join(project.folder, "tsconfig.json"), "utf8"));
    await writeFile(join(project.folder, "tsconfig.json"), JSON.stringify({ ...options, include: ["*.ts"] }));
    await project.typeCheck();
  });

  test.each(RUNTIMES)(
    "[API-32] [ONCE-1] [HOOK-12] [ACC-15] works in $name, also when answers are lost",
    async ({ command }) => {
      const id = randomUUID();
      const body = JSON.stringify({
        room: "lobby",
        epoch: "e",
        dropped: 0,
        events: [
          { id: "1", at: 1, type: "member.joined", member: "ada", name: "Ada" },
          {
            id: "2",
            at: 2,
            type: "message.published",
            message: {
              seq: 7,
              at: 2,
              id: "m",
              from: "shop",
              name: "Shop",
              data: { order: "1", state: "paid" },
            },
          },
        ],
      });
      faulty.seen.length = 0;
      faulty.faults.push(
        { cut: "after" },
        { answer: 429, headers: { "retry-after": "1" } },
        { cut: "within" },
      );
      const headers = await signatureHeaders([WEBHOOK_SECRET], "msg_1", Date.now(), body);
      const requests = [
        { path: `/orders/${id}/ship`, method: "POST" },
        { path: `/orders/${id}/ship`, method: "POST" },
        { path: `/orders/${id}/states` },
        { path: `/orders/${id}/token`, method: "POST" },
        { path: "/hooks/dormouse", method: "POST", headers, body },
        { path: "/hooks/dormouse", method: "POST", headers, body: body.replace("paid", "sent") },
      ];
      const env = {
        ...process.env,
        DORMOUSE_URL: faulty.url,
        AUTH_SECRET: SECRET,
        WEBHOOK_SECRET,
        REQUESTS: JSON.stringify(requests),
      };
      const [file, ...args] = await command();
      const { stdout } = await run(file, [...args, "main.js"], { cwd: project.folder, env });
      expect(faulty.seen.map(({ method }) => method)).toEqual([
        "POST",
        "POST",
        "POST",
        "POST",
        "POST",
        "GET",
      ]);
      const lines = stdout.trim().split("\n");
      const answers: [number, string][] = JSON.parse(lines.pop() ?? "");
      expect(lines).toEqual(["lobby Ada joined", "lobby 7 paid"]);
      const [first, second, states, tokenAnswer, genuine, forged] = answers;
      expect([first, second, states, genuine]).toEqual([
        [200, '{"seq":1}'],
        [200, '{"seq":1}'],
        [200, '["shipped"]'],
        [204, ""],
      ]);
      expect([forged?.[0], JSON.parse(forged?.[1] ?? "").code]).toEqual([401, "invalid_token"]);
      const { token } = JSON.parse(tokenAnswer?.[1] ?? "");
      const socket = await TestSocket.open(service.room(`order-${id}`), ["dormouse.v1", `bearer.${token}`]);
      expect(await socket.until("welcome")).toMatchObject({
        member: "ada",
        can: ["read", "presence"],
        seq: 1,
      });
      socket.ws.terminate();
    },
  );
});
