import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signatureHeaders } from "../../src/webhooks/signature.ts";
import { blockUnder, examplesOf, patternOf } from "../support/doc-examples.ts";
import { runExample } from "../support/run-example.ts";
import { type Service, startService } from "../support/service.ts";
import { eventually, TestSocket } from "../support/socket.ts";
import { SECRET, token } from "../support/tokens.ts";

let service: Service;
const ADMIN = token({ sub: "backend", can: ["publish", "admin"] });

beforeAll(async () => {
  service = await startService({ AUTH_SECRET: SECRET });
});
afterAll(() => service?.stop());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** The ids of the messages in the next frame. */
async function messageIds(socket: TestSocket): Promise<unknown[]> {
  const arrived = await socket.next();
  if ("closed" in arrived) throw new Error(`Closed with ${arrived.closed}.`);
  if ("bytes" in arrived) return [JSON.parse(arrived.bytes.subarray(4, -2).toString()).id];
  const { messages = [] }: { messages?: { id: string }[] } = JSON.parse(arrived.text);
  return messages.map(({ id }) => id);
}

test("[API-11] [API-2] the examples of docs/HTTP.md print what they state, and a socket receives their messages", async () => {
  const socket = await TestSocket.open(service.room("lobby", "?token=of-a-test-of-the-docs"), "dormouse.v1");
  // workerd ends a closed connection at once only after it received a frame on it.
  socket.send({ type: "history", id: "none", before: 0 });
  await socket.until("history");
  const examples = examplesOf("docs/HTTP.md");
  expect(examples.length).toBeGreaterThan(12);
  for (const { command, prints } of examples) {
    // The document's count does not include this test's socket.
    const pattern = patternOf(prints.replace('"count":0', '"count":1'));
    const printed = await runExample(command.replaceAll("http://localhost:8787", service.url), pattern, {
      ADMIN,
    });
    expect(printed, command).toMatch(pattern);
  }
  const ids: unknown[] = [];
  while (ids.at(-1) !== "news-1") ids.push(...(await messageIds(socket)));
  expect(ids).toEqual([expect.any(String), "build-7", "pair:0", "two", "bytes", "news-1"]);
  expect(await socket.closed()).toMatchObject({ closed: 4010 });
});

test("[API-11] the programs of docs/PUSH.md publish, and a repeated run publishes nothing", async () => {
  const env = { ...process.env, DORMOUSE_URL: service.url, DORMOUSE_TOKEN: ADMIN };
  const programs: [string, string[]][] = [
    [process.execPath, ["--input-type=module", "-e", blockUnder("docs/PUSH.md", "From Node")]],
    ["python3", ["-c", blockUnder("docs/PUSH.md", "From Python")]],
    ["sh", ["-c", blockUnder("docs/PUSH.md", "From cron")]],
  ];
  const runs: string[] = [];
  for (const [command, args] of [...programs, ...programs]) {
    const { stdout } = await promisify(execFile)(command, args, { env });
    runs.push(stdout.trim());
  }
  expect(runs.slice(0, 2)).toEqual(["1", "2"]);
  expect(runs.slice(3, 5)).toEqual(["1", "2"]);
  expect(runs[2]).toMatch(/"seq":1,"dup":false/);
  expect(runs[5]).toMatch(/"seq":1,"dup":true/);
});

test.each([
  ["Node", process.execPath, ["--input-type=module", "-e"]],
  ["Python", "python3", ["-c"]],
])(
  "[API-11] the %s receiver of docs/WEBHOOKS.md accepts only genuine deliveries",
  async (name, command, args) => {
    const port = String(await freePort());
    const secret = `whsec_${randomBytes(24).toString("base64")}`;
    const env = { ...process.env, PORT: port, WEBHOOK_SECRET: secret };
    const receiver = spawn(command, [...args, blockUnder("docs/WEBHOOKS.md", `In ${name}`, "###")], { env });
    try {
      let printed = "";
      receiver.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        printed += chunk;
      });
      await eventually(() => printed.includes("ready"), 10_000);
      const body = '{"events":[{"type":"room.vacated"},{"type":"member.left","name":"大"}]}';
      const post = async (text: string, by: string, at: number) => {
        const headers = await signatureHeaders([by], "msg_1", at, body);
        return (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body: text })).status;
      };
      expect(await post(body, secret, Date.now())).toBe(204);
      expect(await post(body.replace("left", "lost"), secret, Date.now())).toBe(401);
      expect(await post(body, "whsec_AAAA", Date.now())).toBe(401);
      expect(await post(body, secret, Date.now() - 600_000)).toBe(401);
      await eventually(() => printed.trim() === "ready\nroom.vacated\nmember.left");
    } finally {
      receiver.kill();
    }
  },
);
