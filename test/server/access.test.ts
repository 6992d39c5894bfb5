import { describe, expect, test } from "vitest";
import { type Identity, reject } from "../../src/server/index.ts";
import { posted, problemOf, UPGRADE } from "../http/call.ts";
import { deployment } from "./deployment.ts";

/** Every way into a room. */
const WAYS: [what: string, rest: string, init?: RequestInit][] = [
  ["a socket", "", { headers: UPGRADE }],
  ["a plain socket", "", { headers: { upgrade: "websocket" } }],
  ["a read of its state", ""],
  ["a read of messages", "/messages"],
  ["a read of members", "/members"],
  ["a follower of events", "/events"],
  ["a publish", "/messages", posted({ data: 1 })],
  ["a signal", "/signals", posted({ data: 1 })],
  ["a kick", "/members/bob", { method: "DELETE" }],
  ["an erase", "", { method: "DELETE" }],
  ["a request to onRequest", "/custom/x"],
];

const signedIn = (authenticate: () => Identity | null) =>
  deployment({ authenticate, binding: (env) => env.COMPOSED });

describe("authenticate", () => {
  test("[ACC-24] has a client that lacks a capability told which one, and in which room", async () => {
    const reader = signedIn(() => ({ member: "ada", can: ["read"] }));
    const one = await problemOf(
      await reader.call(`/v1/rooms/${reader.room()}/messages`, posted({ data: 1 })),
    );
    const many = await problemOf(
      await reader.call("/v1/messages", posted({ rooms: [reader.room()], data: 1 })),
    );
    expect([one.needs, many.needs]).toEqual(["publish", "publish"]);
    expect(many.detail).toContain(reader.room());
    expect(one.detail + many.detail).not.toMatch(/token|claim/);
  });

  test.each(WAYS)("[ACC-24] closes a room to %s, with its own code and words", async (_what, rest, init) => {
    const closed = signedIn(() => {
      throw reject("forbidden", "Staff only.");
    });
    const refused = await closed.call(`/v1/rooms/${closed.room()}${rest}`, init);
    expect(refused.status).toBe(403);
    expect(await problemOf(refused)).toMatchObject({ code: "forbidden", detail: "Staff only." });
    const unknown = signedIn(() => null);
    const asked = await unknown.call(`/v1/rooms/${unknown.room()}${rest}`, init);
    expect([asked.status, (await problemOf(asked)).code]).toEqual([401, "invalid_token"]);
  });

  test.each(["/messages", "/events"])(
    "[ACC-24] closes reads of %s to those who may only publish",
    async (rest) => {
      const { call, join, room } = signedIn(() => ({ member: "ada", can: ["publish"] }));
      expect((await call(`/v1/rooms/${room()}/messages`, posted({ data: 1 }))).status).toBe(201);
      const refused = await call(`/v1/rooms/${room()}${rest}`);
      expect([refused.status, (await problemOf(refused)).code]).toEqual([403, "forbidden"]);
      const ada = await join(room(), {}, "?history=10");
      ada.publish("a", 1);
      expect(await ada.frame("ack")).toMatchObject({ id: "a", seq: 2 });
    },
  );
});
