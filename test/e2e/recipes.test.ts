import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SUBPROTOCOL } from "../../src/protocol/limits.ts";
import { type Project, projectWith } from "../support/packed-package.ts";
import { TestSocket } from "../support/socket.ts";
import type { Dev } from "../support/wrangler-dev.ts";

const run = promisify(execFile);

let project: Project;
let dev: Dev;
beforeAll(async () => {
  project = await projectWith("docs/examples/recipes");
  const { folder } = project;
  const sql = ["d1", "execute", "messages", "--local", "--file", join(folder, "schema.sql")];
  const wrangler = resolve("node_modules/wrangler/bin/wrangler.js");
  const state = ["--config", join(folder, "wrangler.toml"), "--persist-to", join(folder, "state")];
  await run(resolve("node_modules/node/bin/node"), [wrangler, ...sql, ...state]);
  dev = await project.dev("/archive");
}, 120_000);
afterAll(async () => {
  await dev?.stop();
  await project?.remove();
});

/** Signs a user in. @returns the cookie */
async function login(user: string): Promise<string> {
  const response = await fetch(`${dev.url}/login`, { method: "POST", body: JSON.stringify({ user }) });
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}

async function enter(room: string, cookie: string): Promise<TestSocket> {
  const url = `${dev.url.replace("http", "ws")}/realtime/v1/rooms/${room}`;
  const socket = await TestSocket.open(url, SUBPROTOCOL, { cookie });
  await socket.until("welcome");
  return socket;
}

const say = (socket: TestSocket, text: string) =>
  socket.send({ type: "publish", id: crypto.randomUUID(), data: { text } });
const said = async (socket: TestSocket) => (await socket.until("messages")).messages;

describe("the recipes, from the packed package", () => {
  test("[API-31] compile with strict types", async () => {
    await project.typeCheck();
  });

  test("[API-31] sign clients in by a session cookie, into the rooms that are theirs", async () => {
    const cookie = await login("ada");
    await expect(enter("lobby", "session=ada.forged")).rejects.toThrow("401");
    await expect(enter("user-bob", cookie)).rejects.toThrow("401");
    await enter("user-ada", cookie);
    // A page of another site would send the cookie along, too.
    const foreign = await fetch(`${dev.url}/realtime/v1/rooms/lobby`, {
      headers: { cookie, origin: "https://elsewhere.example" },
    });
    expect([foreign.status, (await foreign.json()).code]).toEqual([403, "origin_refused"]);
  });

  test("[API-31] [HOOK-20] filter words, count what is stored, and have a bot that tells the count", async () => {
    const ada = await enter("lobby", await login("ada"));
    say(ada, "Best CASINO in town");
    expect(await ada.until("error")).toMatchObject({ code: "forbidden", message: "Please stay on topic." });
    say(ada, "hello");
    expect(await said(ada)).toMatchObject([{ data: { text: "hello" } }]);
    for (const [code, operation] of [
      ["forbidden", { op: "append", data: "casi" }],
      ["forbidden", { op: "edit", data: { text: "Casino" } }],
      ["forbidden", { op: "react", key: "spam" }],
      ["invalid_event", { op: "edit", data: 7 }],
    ] as const) {
      ada.send({ type: "publish", id: crypto.randomUUID(), target: 1, ...operation });
      expect(await ada.until("error"), operation.op).toMatchObject({ code });
    }
    for (const operation of [
      { op: "edit", data: { text: "hello, all" } },
      { op: "react", key: "+1" },
    ]) {
      ada.send({ type: "publish", id: crypto.randomUUID(), target: 1, ...operation });
      expect(await said(ada)).toMatchObject([{ target: 1, ...operation }]);
    }
    say(ada, "!count");
    expect(await said(ada)).toMatchObject([{ data: { text: "!count" } }]);
    expect(await said(ada)).toMatchObject([{ from: "bot", data: { text: "2 messages" } }]);
  });

  test("[API-31] [HOOK-23] copy each message to D1 once", async () => {
    const archive = async () => await (await fetch(`${dev.url}/archive`)).json();
    await expect.poll(archive).toMatchObject([
      { room: "lobby", seq: 1, author: "ada", text: "hello" },
      { room: "lobby", seq: 4, author: "ada", text: "!count" },
      { room: "lobby", seq: 5, author: "bot", text: "2 messages" },
    ]);
  });

  test("[API-31] push an order's status to one user on all of its devices", async () => {
    const cookie = await login("cleo");
    const devices = [await enter("user-cleo", cookie), await enter("user-cleo", cookie)];
    await fetch(`${dev.url}/orders/7/status`, {
      method: "POST",
      body: JSON.stringify({ owner: "cleo", status: "shipped" }),
    });
    for (const device of devices)
      expect(await said(device)).toMatchObject([{ data: { text: "Order 7: shipped" } }]);
  });

  test("[API-31] publish from a cron job, once for each time", async () => {
    const ada = await enter("lobby", await login("ada"));
    const time = Date.UTC(2027, 0, 4, 8, 55);
    for (let i = 0; i < 2; i++) {
      const response = await fetch(`${dev.url}/cdn-cgi/handler/scheduled?cron=55+8+*+*+1-5&time=${time}`);
      expect(response.status).toBe(200);
    }
    expect(await said(ada)).toMatchObject([{ from: "server", data: { text: "Stand-up in five minutes." } }]);
    say(ada, "last");
    expect(await said(ada)).toMatchObject([{ data: { text: "last" } }]);
  });
});
