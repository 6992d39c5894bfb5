import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Identity, type RoomHooks, reject } from "../../src/server/index.ts";
import { problemOf } from "../http/call.ts";
import { deployment } from "./deployment.ts";
import { hooksByRoom } from "./hooks-by-room.ts";

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

const ADA: Identity = { member: "ada", can: ["read"], claims: { team: 7 } };

/** A room with this hook, and what it reported to `onError`. */
function roomWith(onRequest: RoomHooks["onRequest"], identity: Identity = ADA) {
  const here = deployment({ binding: (env) => env.HOOKED, authenticate: () => identity });
  const errors: unknown[] = [];
  const onError: RoomHooks["onError"] = (error, hook) => void errors.push([hook, String(error)]);
  hooksByRoom.set(here.room(), { onError, ...(onRequest === undefined ? {} : { onRequest }) });
  const call = (path = "/custom/x", init?: RequestInit) => here.call(`/v1/rooms/${here.room()}${path}`, init);
  return { ...here, call, errors };
}

describe("onRequest", () => {
  test.each(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])(
    "[HOOK-30] answers a %s as it likes",
    async (method) => {
      const { call } = roomWith(() => new Response("made", { status: 201, headers: { "x-own": "1" } }));
      const response = await call("/custom/a/b", { method });
      expect([response.status, response.headers.get("x-own")]).toEqual([201, "1"]);
      expect(await response.text()).toBe(method === "HEAD" ? "" : "made");
    },
  );

  test("[HOOK-30] answers a path of any form under /custom", async () => {
    const { call } = roomWith((request) => new Response(new URL(request.url).pathname));
    for (const path of ["/custom", "/custom/", "/custom/a//b", "/custom/%2e%2e%2f", "/custom/messages"]) {
      const response = await call(path);
      expect([response.status, (await response.text()).endsWith(path)]).toEqual([200, true]);
    }
    expect((await call("/customs")).status).toBe(404);
  });

  test("[HOOK-30] knows what its caller may do", async () => {
    const onRequest: RoomHooks["onRequest"] = (_request, author) =>
      Response.json([author.member, author.claims, author.can("read"), author.can("publish")]);
    expect(await (await roomWith(onRequest).call()).json()).toEqual(["ada", { team: 7 }, true, false]);
    const admin = roomWith(onRequest, { member: "boss", can: ["admin"] });
    expect(await (await admin.call()).json()).toEqual(["boss", {}, true, true]);
  });

  test("[HOOK-30] receives a big body, and sends one, in pieces", async () => {
    const size = 8 * 1024 * 1024;
    const { call } = roomWith(async (request) => {
      let length = 0;
      for await (const chunk of request.body ?? []) length += chunk.length;
      const pieces = new ReadableStream({
        start(controller) {
          for (let i = 0; i < 8; i++) controller.enqueue(new Uint8Array(size / 8).fill(i));
          controller.close();
        },
      });
      return new Response(pieces, { headers: { "x-length": String(length) } });
    });
    const response = await call("/custom/upload", { method: "POST", body: new Uint8Array(size) });
    expect(response.headers.get("x-length")).toBe(String(size));
    expect((await response.arrayBuffer()).byteLength).toBe(size);
  });

  test("[HOOK-30] may leave the body of a request unread", async () => {
    const { call } = roomWith(() => new Response("done"));
    const response = await call("/custom/x", { method: "POST", body: new Uint8Array(4 * 1024 * 1024) });
    expect(await response.text()).toBe("done");
  });

  test("[HOOK-30] that a room lacks is answered 404", async () => {
    const response = await roomWith(undefined).call();
    expect([response.status, (await problemOf(response)).code]).toEqual([404, "not_found"]);
  });

  test("[HOOK-30] refuses with a code, which is no failure", async () => {
    const { call, errors } = roomWith(() => {
      throw reject("rate_limited", "Not so fast.", 1500);
    });
    const response = await call();
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "2"]);
    expect(await problemOf(response)).toMatchObject({ code: "rate_limited", detail: "Not so fast." });
    expect(errors).toEqual([]);
  });

  test.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("a secret of the server");
      },
    ],
    ["fails later", () => Promise.reject(new Error("a secret of the server"))],
    ["returns nothing", () => undefined],
    ["returns a text", () => "hello"],
    ["returns what looks like an answer", () => ({ status: 200, headers: {} })],
  ])("[HOOK-30] [HOOK-21] that %s is answered hook_failed, and reported", async (_what, onRequest) => {
    const { call, errors } = roomWith(onRequest as RoomHooks["onRequest"]);
    const response = await call();
    expect(response.status).toBe(500);
    const { code, detail } = await problemOf(response);
    expect(code).toBe("hook_failed");
    expect(detail).not.toContain("secret");
    expect(errors).toEqual([["onRequest", expect.any(String)]]);
    expect((await call("")).status).toBe(200);
  });

  test("[HOOK-30] answers a redirect, which pages of other origins may read", async () => {
    const { call } = roomWith(() => Response.redirect("https://elsewhere.test/", 302));
    const response = await call("/custom/x", {
      redirect: "manual",
      headers: { origin: "https://page.test" },
    });
    expect([response.status, response.headers.get("location")]).toEqual([302, "https://elsewhere.test/"]);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });
});
