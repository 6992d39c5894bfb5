import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { posted, problemOf, UPGRADE } from "../http/call.ts";
import { deployment } from "./deployment.ts";

let logged: MockInstance;
beforeEach(() => {
  logged = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Calls that ask for the sign-in in different ways. */
const CALLS: [what: string, (rooms: string[]) => [path: string, init?: RequestInit]][] = [
  ["an upgrade", ([room]) => [`/v1/rooms/${room}`, { headers: UPGRADE }]],
  ["a read", ([room]) => [`/v1/rooms/${room}/messages`]],
  ["a publish", ([room]) => [`/v1/rooms/${room}/messages`, posted({ data: 1 })]],
  ["a publish to many rooms", (rooms) => ["/v1/messages", posted({ rooms, data: 1 })]],
  ["a request to onRequest", ([room]) => [`/v1/rooms/${room}/custom/x`]],
];

/** Waits without the timers that a test fakes. */
async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries === 1000) throw new Error("It did not happen in a second.");
    await scheduler.wait(1);
  }
}

function asking(authenticate: (room: string) => unknown) {
  const here = deployment({ authenticate: (_request, _env, room) => authenticate(room) as never });
  const rooms = ["a", "b", "c", "d"].map(here.room);
  return { ...here, ask: (call: (typeof CALLS)[number][1]) => here.call(...call(rooms)) };
}

describe("authenticate", () => {
  test("[HOOK-31] sees the request without its body, which the call reads", async () => {
    const { call, room } = deployment({
      binding: (env) => env.COMPOSED,
      authenticate: async (request) => {
        const { method, headers, cf, url } = request;
        const claims = { method, own: headers.get("x-own"), cf, url, body: await request.text() };
        return { member: "ada", can: ["read", "publish"], claims };
      },
    });
    const path = `/v1/rooms/${room()}/custom/x?a=b`;
    const sent = { method: "PUT", headers: { "x-own": "1" }, body: "hello", cf: { country: "NL" } };
    expect(await (await call(path, sent)).json()).toMatchObject({
      body: "hello",
      author: {
        claims: {
          method: "PUT",
          own: "1",
          cf: { country: "NL" },
          url: expect.stringMatching(/a=b$/),
          body: "",
        },
      },
    });
    expect((await call(`/v1/rooms/${room()}/messages`, posted({ data: 1 }))).status).toBe(201);
  });
});

describe("authenticate that fails", () => {
  test.each(CALLS)(
    "[HOOK-31] is answered hook_failed to %s, without its error, which is logged",
    async (_what, call) => {
      for (const fail of [
        () => {
          throw new Error("a secret of the server");
        },
        () => Promise.reject(new Error("a secret of the server")),
        () => Promise.reject(undefined),
      ]) {
        const response = await asking(fail).ask(call);
        expect([response.status, response.webSocket]).toEqual([500, null]);
        const { code, detail } = await problemOf(response);
        expect(code).toBe("hook_failed");
        expect(detail).not.toContain("secret");
      }
      expect(logged).toHaveBeenCalledTimes(3);
    },
  );
});

describe("authenticate that does not answer", () => {
  test.each(CALLS)(
    "[HOOK-31] keeps %s waiting for 10 seconds, then it is answered unavailable",
    async (_what, call) => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      let asked = 0;
      const { ask } = asking(() => {
        asked++;
        return new Promise(() => {});
      });
      let isAnswered = false;
      const pending = ask(call).finally(() => {
        isAnswered = true;
      });
      await until(() => asked === 1);
      await vi.advanceTimersByTimeAsync(9999);
      await scheduler.wait(20);
      expect(isAnswered).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      const response = await pending;
      expect([response.status, (await problemOf(response)).code]).toEqual([503, "unavailable"]);
    },
  );

  test("[HOOK-31] for several rooms keeps a call waiting for one time only", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const ada = { member: "ada", can: ["publish"] };
    let asked = 0;
    const { ask, room } = asking((name) => {
      asked++;
      return name === room("a") ? ada : new Promise(() => {});
    });
    const pending = ask(CALLS[3]?.[1] as (typeof CALLS)[number][1]);
    await until(() => asked >= 3);
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await problemOf(await pending)).code).toBe("unavailable");
  });
});

describe("authenticate that answers nonsense", () => {
  const ada = { member: "ada", can: ["read", "publish"] };
  test.each<[string, unknown]>([
    ["a number", 7],
    ["true", true],
    ["a text", "ada"],
    ["a list", ["ada"]],
    ["an answer to the client", new Response(null, { status: 401 })],
    ["an object of something else", {}],
    ["no capabilities", { member: "ada" }],
    ["a capability that nobody knows", { ...ada, can: ["read", "fly"] }],
    ["capabilities as text", { ...ada, can: "read publish" }],
    ["no member", { can: ["read"] }],
    ["a member that is a number", { ...ada, member: 7 }],
    ["an empty member", { ...ada, member: "" }],
    ["a member that is too long", { ...ada, member: "m".repeat(129) }],
    ["a member with a line break", { ...ada, member: "a\nb" }],
    ["a member that no URL can hold", { ...ada, member: ".." }],
    ["half a character as member", { ...ada, member: "\ud83d" }],
    ["a name that is a number", { ...ada, name: 7 }],
    ["an end that is a text", { ...ada, until: "tomorrow" }],
    ["an end that is no number", { ...ada, until: Number.NaN }],
    ["an end in seconds, such as the exp of a JWT", { ...ada, until: Math.floor(Date.now() / 1000) + 3600 }],
    [
      "an object that throws",
      {
        get member() {
          throw new Error("broken");
        },
      },
    ],
  ])("[HOOK-31] such as %s is answered hook_failed, and logged", async (_what, answer) => {
    for (const [, call] of CALLS) {
      const response = await asking(() => answer).ask(call);
      expect([response.status, (await problemOf(response)).code]).toEqual([500, "hook_failed"]);
    }
    expect(logged).toHaveBeenCalledTimes(CALLS.length);
    expect(logged).toHaveBeenCalledWith(expect.stringContaining('"step":"authenticate"'));
  });

  test.each([[null], [undefined], [{ ...ada, until: 1 }]])("[HOOK-31] %j is nobody: 401", async (answer) => {
    for (const [, call] of CALLS) {
      const response = await asking(() => answer).ask(call);
      expect([response.status, (await problemOf(response)).code]).toEqual([401, "invalid_token"]);
    }
    expect(logged).not.toHaveBeenCalled();
  });
});
