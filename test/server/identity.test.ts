import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import type { Identity } from "../../src/server/index.ts";
import { posted, problemOf } from "../http/call.ts";
import { deployment } from "./deployment.ts";

let logged: MockInstance;
beforeEach(() => {
  logged = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => void vi.restoreAllMocks());

const ADA: Identity = { member: "ada", can: ["read", "publish"] };
const signedIn = (identity: object) =>
  deployment({ binding: (env) => env.COMPOSED, authenticate: () => ({ ...ADA, ...identity }) });

/** The message that a client published as a hook and its readers know it: over HTTP, and over a socket. */
async function published(identity: object) {
  const { call, join, room } = signedIn(identity);
  const response = await call(`/v1/rooms/${room()}/messages`, posted({ data: 1 }));
  expect(response.status).toBe(201);
  const socket = await join(room(), {}, "?history=1");
  const first = await socket.message();
  socket.publish("b", 1);
  const second = await socket.message();
  expect([second.name, second.data]).toEqual([first.name, first.data]);
  return second as { name: string; data: { claims: unknown } };
}

class Row {
  id = 7;
  #secret = 1;
  get secret() {
    return this.#secret;
  }
}

describe("the claims of authenticate", () => {
  test("[HOOK-31] reach hooks as JSON, whatever they are made of", async () => {
    const since = new Date(0);
    const claims = { row: new Row(), since, none: undefined, list: [new Map(), Number.NaN] };
    const expected = { row: { id: 7 }, since: since.toISOString(), list: [{}, null] };
    expect((await published({ claims })).data.claims).toEqual(expected);
    expect((await published({ claims: Object.assign(Object.create(null), { a: 1 }) })).data.claims).toEqual({
      a: 1,
    });
  });

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  test.each<[string, unknown]>([
    ["circular", circle],
    ["a BigInt", { n: 1n }],
    ["too big", { text: "x".repeat(2048) }],
    ["a text", "staff"],
    ["text as JSON", { toJSON: () => "staff" }],
    ["nothing as JSON", { toJSON: () => undefined }],
    [
      "broken",
      {
        toJSON() {
          throw new Error("broken");
        },
      },
    ],
  ])("[HOOK-31] that are %s are answered hook_failed, and logged", async (_what, claims) => {
    const { call, room } = signedIn({ claims });
    for (const response of [
      await call(`/v1/rooms/${room()}`),
      await call(`/v1/rooms/${room()}/messages`, posted({ data: 1 })),
    ]) {
      expect([response.status, (await problemOf(response)).code]).toEqual([500, "hook_failed"]);
    }
    expect(logged).toHaveBeenCalledWith(expect.stringContaining('"step":"authenticate"'));
  });
});

describe("the name of authenticate", () => {
  // \u0958 is one character, and two in NFC.
  test.each([
    ["Ada", "Ada"],
    ["", "ada"],
    [" \n\t ", "ada"],
    [" Ada\u0000\nLovelace ", "Ada Lovelace"],
    ["x".repeat(100), "x".repeat(64)],
    ["\u0958".repeat(64), "\u0915\u093c".repeat(32)],
    [`${"x".repeat(63)} y`, "x".repeat(63)],
    ["\ud83d", "\ufffd"],
  ])("[HOOK-31] %j is shown as %j", async (name, shown) => {
    expect((await published({ name })).name).toBe(shown);
  });

  test("[HOOK-31] is the id where it has none", async () => {
    expect((await published({ member: "m".repeat(128) })).name).toBe("m".repeat(64));
    expect((await published({ member: " " })).name).toBe(" ");
  });
});
