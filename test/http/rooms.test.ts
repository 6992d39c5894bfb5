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
  if (webSocket === null) throw new Error("The response has no socket.");
  webSocket.accept();
  return webSocket;
}

describe("GET /v1/rooms/{room}", () => {
  test("returns the epoch, the newest seq, the floor and the number of members", async () => {
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

  test("answers JSON that caches do not store", async () => {
    const { headers } = await call(`/v1/rooms/${crypto.randomUUID()}`);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-type")).toMatch(/^application\/json/);
  });

  test("accepts the header Upgrade in any case (RFC 6455, section 4.2.1)", async () => {
    const response = await call(`/v1/rooms/${crypto.randomUUID()}`, {
      headers: { ...UPGRADE, upgrade: "WebSocket" },
    });
    expect(response.status).toBe(101);
    response.webSocket?.accept();
  });

  test("does not pass on a header of the client in place of the admission", async () => {
    const forged = encodeURIComponent(
      JSON.stringify({ grant: { member: "root", name: "Root", can: ["admin"] }, mode: "v1", history: 0 }),
    );
    const response = await call(`/v1/rooms/${crypto.randomUUID()}`, {
      headers: { ...UPGRADE, "dormouse-auth-admission": forged },
    });
    const { webSocket } = response;
    if (webSocket === null) throw new Error("The response has no socket.");
    const first = new Promise<string>((resolve) =>
      webSocket.addEventListener("message", ({ data }) => resolve(String(data)), { once: true }),
    );
    webSocket.accept();
    const welcome = JSON.parse(await first);
    expect(welcome.member).toMatch(/^guest_/);
    expect(welcome.can).toEqual(["read", "publish", "signal", "presence"]);
  });
});

test("GET /healthz answers that the service runs", async () => {
  const response = await call("/healthz");
  expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
});

test.each([["/v1/rooms/head"], ["/healthz"]])("HEAD %s answers like GET, without the body", async (path) => {
  const [get, head] = [await call(path), await call(path, { method: "HEAD" })];
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"));
  expect((await get.text()).length).toBeGreaterThan(0);
});

describe("the room name in the path", () => {
  test.each([
    ["encoded or not", "%E5%A4%A7%E5%8E%85", "大厅"],
    ["composed or decomposed", "caf%C3%A9", "cafe%CC%81"],
    ["with hexadecimal digits in another case", "%e5%a4%a7", "%E5%A4%A7"],
    ["with letters that need no encoding", "%61bc", "abc"],
  ])("[LIM-3] is the same %s", async (_what, one, other) => {
    expect((await infoAt(`/v1/rooms/${one}`)).epoch).toBe((await infoAt(`/v1/rooms/${other}`)).epoch);
  });

  test.each([
    ["letters in another case", "abc", "ABC"],
    ["a doubly encoded letter", "a%2562", "ab"],
    ["a percent sign", "100%25", "100"],
    ["an encoded question mark", "who%3F", "who"],
    ["a trailing space", "a%20", "a"],
  ])("[LIM-3] differs by %s", async (_what, one, other) => {
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
  ])("[LIM-3] is checked: %s", async (_what, name, status) => {
    const response = await call(`/v1/rooms/${name}`);
    expect(response.status).toBe(status);
    if (status === 400) expect((await problemOf(response)).code).toBe("invalid_room");
  });
});
