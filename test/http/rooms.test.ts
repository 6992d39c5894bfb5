import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { roomInfoSchema } from "../../src/protocol/down.ts";
import { call, problemOf, UPGRADE } from "./call.ts";

const KEY = "ada-ada-ada-ada-ada";

async function infoAt(path: string) {
  const response = await call(path);
  expect(response.status).toBe(200);
  return v.parse(v.strictObject(roomInfoSchema.entries), await response.json());
}

async function enter(path: string): Promise<WebSocket> {
  const { status, webSocket } = await call(path, { headers: UPGRADE });
  expect(status).toBe(101);
  if (webSocket === null) throw new Error("There is no socket.");
  webSocket.accept();
  return webSocket;
}

test("a room tells where it stands, and how many are in it", async () => {
  const path = `/v1/rooms/${crypto.randomUUID()}`;
  const before = await infoAt(path);
  expect(before).toEqual({ epoch: expect.stringMatching(/./), seq: 0, floor: 0, count: 0 });
  const socket = await enter(path);
  await enter(`${path}?token=${KEY}`);
  await enter(`${path}?token=${KEY}`);
  const stored = new Promise((resolve) =>
    socket.addEventListener("message", ({ data }) => {
      if (String(data).includes('"messages"')) resolve(data);
    }),
  );
  socket.send('{"type":"publish","id":"a","data":1}');
  await stored;
  expect(await infoAt(path)).toEqual({ ...before, seq: 1, count: 2 });
});

test("what a room tells is not kept by caches, and is JSON", async () => {
  const { headers } = await call(`/v1/rooms/${crypto.randomUUID()}`);
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("content-type")).toMatch(/^application\/json/);
});

test.each([["/v1/rooms/head"], ["/healthz"]])("HEAD of %s is GET without the body", async (path) => {
  const [get, head] = [await call(path), await call(path, { method: "HEAD" })];
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"));
  expect((await get.text()).length).toBeGreaterThan(0);
});

test("the service says that it lives", async () => {
  const response = await call("/healthz");
  expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
});

test("the name of the upgrade is read in any case, as RFC 6455 has it", async () => {
  const response = await call(`/v1/rooms/${crypto.randomUUID()}`, {
    headers: { ...UPGRADE, upgrade: "WebSocket" },
  });
  expect(response.status).toBe(101);
  response.webSocket?.accept();
});

test("no header of a client's reaches the room in place of the Worker's own", async () => {
  const forged = encodeURIComponent(
    JSON.stringify({ grant: { member: "root", name: "Root", can: ["admin"] }, mode: "v1", history: 0 }),
  );
  const response = await call(`/v1/rooms/${crypto.randomUUID()}`, {
    headers: { ...UPGRADE, "dormouse-auth-admission": forged },
  });
  const { webSocket } = response;
  if (webSocket === null) throw new Error("There is no socket.");
  const first = new Promise<string>((resolve) =>
    webSocket.addEventListener("message", ({ data }) => resolve(String(data)), { once: true }),
  );
  webSocket.accept();
  const welcome = JSON.parse(await first);
  expect(welcome.member).toMatch(/^guest_/);
  expect(welcome.can).toEqual(["read", "publish", "signal", "presence"]);
});

describe("room names in an address", () => {
  test.each([
    ["encoded and not", "%E5%A4%A7%E5%8E%85", "大厅"],
    ["composed and decomposed", "caf%C3%A9", "cafe%CC%81"],
    ["in other case of their digits", "%e5%a4%a7", "%E5%A4%A7"],
    ["with letters that need no encoding", "%61bc", "abc"],
  ])("[LIM-3] %s, they are one room", async (_what, one, other) => {
    expect((await infoAt(`/v1/rooms/${one}`)).epoch).toBe((await infoAt(`/v1/rooms/${other}`)).epoch);
  });

  test.each([
    ["in their case", "abc", "ABC"],
    ["in what is decoded once only", "a%2562", "ab"],
    ["in a percent sign", "100%25", "100"],
    ["in a question mark that belongs to the name", "who%3F", "who"],
    ["in a space at the end", "a%20", "a"],
  ])("[LIM-3] apart %s, they are two", async (_what, one, other) => {
    expect((await infoAt(`/v1/rooms/${one}`)).epoch).not.toBe((await infoAt(`/v1/rooms/${other}`)).epoch);
  });

  test.each([
    ["128 bytes", "a".repeat(128), 200],
    ["129 bytes", "a".repeat(129), 400],
    ["126 bytes of 大", "%E5%A4%A7".repeat(42), 200],
    ["129 bytes of 大", "%E5%A4%A7".repeat(43), 400],
    ["a zero byte", "a%00", 400],
    ["an encoded slash", "a%2Fb", 400],
    ["a percent sign without digits", "a%", 400],
    ["bytes that are not UTF-8", "%FF", 400],
  ])("[LIM-3] %s", async (_what, name, status) => {
    const response = await call(`/v1/rooms/${name}`);
    expect(response.status).toBe(status);
    if (status === 400) expect((await problemOf(response)).code).toBe("invalid_room");
  });
});
