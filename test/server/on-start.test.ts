import { evictDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RoomHooks } from "../../src/server/index.ts";
import { posted, problemOf, UPGRADE } from "../http/call.ts";
import { deployment } from "./deployment.ts";
import { hooksByRoom } from "./hooks-by-room.ts";

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

function roomWith(hooks: RoomHooks) {
  const here = deployment({ binding: (env) => env.HOOKED });
  hooksByRoom.set(here.room(), hooks);
  const call = (rest: string, init?: RequestInit) => here.call(`/v1/rooms/${here.room()}${rest}`, init);
  return { ...here, call };
}

/** The calls that run hooks of the room. */
const WAYS: [what: string, rest: string, init?: RequestInit][] = [
  ["a socket", "", { headers: UPGRADE }],
  ["a publish", "/messages", posted({ data: 1 })],
  ["a signal", "/signals", posted({ data: 1 })],
  ["a request to onRequest", "/custom/x"],
];

describe("onStart", () => {
  test("[HOOK-32] is done before anything else, also where it takes long", async () => {
    const order: string[] = [];
    const { call } = roomWith({
      async onStart() {
        await scheduler.wait(50);
        order.push("started");
      },
      onPublish: () => void order.push("published"),
    });
    expect((await call("/messages", posted({ data: 1 }))).status).toBe(201);
    expect(order).toEqual(["started", "published"]);
  });

  test.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("a secret of the server");
      },
    ],
    ["fails later", () => Promise.reject(new Error("a secret of the server"))],
  ])("[HOOK-32] [HOOK-21] that %s closes the room until a wake at which it succeeds", async (_what, fail) => {
    let isBroken = true;
    const errors: unknown[] = [];
    const hooks: RoomHooks = {
      onStart: () => (isBroken ? fail() : undefined),
      onRequest: () => new Response("hello"),
      onError: (_error, hook) => void errors.push(hook),
    };
    const { call, env, room } = roomWith(hooks);
    for (const [, rest, init] of WAYS) {
      const refused = await call(rest, init);
      expect(refused.status).toBe(500);
      const { code, detail } = await problemOf(refused);
      expect(code).toBe("hook_failed");
      expect(detail).not.toContain("secret");
    }
    expect(errors).toEqual(["onStart"]);
    isBroken = false;
    await evictDurableObject(env.HOOKED.getByName(room()));
    for (const [, rest, init] of WAYS) {
      const response = await call(rest, init);
      expect(response.status).toBeLessThan(300);
      response.webSocket?.accept();
      response.webSocket?.close(1000);
    }
  });
});
