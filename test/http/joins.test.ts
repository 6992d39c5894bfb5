import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { sign } from "../auth/tokens.ts";
import { callNoting, callWith, posted, problemOf, type Sent, UPGRADE } from "./call.ts";

/** A rate limit of three requests per minute and address. */
const { FEW_JOINS: JOINS } = env as unknown as { FEW_JOINS: RateLimit };

let addresses = 0;
/** The prefix of a network that no other test uses. */
const address = () => `2001:db8:${(++addresses).toString(16)}::`;

const from = (ip: string, sent: Sent = {}): Sent => ({
  ...sent,
  headers: { ...sent.headers, "cf-connecting-ip": ip },
});

const room = () => `/v1/rooms/${crypto.randomUUID()}`;
const asked = (path: string, sent: Sent) => callWith({ JOINS }, path, sent);

const DELETE: Sent = {
  method: "DELETE",
  headers: { authorization: `Bearer ${await sign({ can: ["admin"] })}` },
};

describe("the limit by address", () => {
  test.each<[string, () => string, Sent, number]>([
    ["upgrades", room, { headers: UPGRADE }, 101],
    ["GETs of a room", room, {}, 200],
    ["HEADs of a room", room, { method: "HEAD" }, 200],
    ["GETs of messages", () => `${room()}/messages`, { headers: { "if-none-match": "*" } }, 304],
    ["GETs of members", () => `${room()}/members`, {}, 200],
    ["HEADs of events", () => `${room()}/events`, { method: "HEAD" }, 200],
    ["erases", room, DELETE, 200],
    ["kicks", () => `${room()}/members/mallory?ban=1`, DELETE, 200],
    ["GETs of events", () => `${room()}/events`, {}, 200],
    ["publishes of guests", () => `${room()}/messages`, posted({ data: 1 }), 201],
    ["signals of guests", () => `${room()}/signals`, posted({ data: 1 }), 202],
  ])(
    "[LIM-8] [LIM-25] refuses %s beyond the limit of a network before the room is contacted",
    async (_what, path, sent, status) => {
      const network = address();
      for (let i = 1; i <= 3; i++) {
        const response = await asked(path(), from(`${network}${i}`, sent));
        expect(response.status).toBe(status);
        if (response.webSocket !== null) response.webSocket.accept();
        response.webSocket?.close(1000);
        if (status === 200) await response.body?.cancel();
      }
      const { response: refused, contacted } = await callNoting(path(), from(`${network}4`, sent), { JOINS });
      expect(contacted).toEqual([]);
      expect(refused.headers.get("retry-after")).toBe("10");
      if (sent.method !== "HEAD") expect((await problemOf(refused)).code).toBe("rate_limited");
      expect((await asked(path(), from(`${address()}1`, sent))).status).toBe(status);
    },
  );

  test("[LIM-8] counts a guest's publish to many rooms once per room, and none of a token", async () => {
    const rooms = Array.from({ length: 4 }, () => crypto.randomUUID());
    const ip = `${address()}1`;
    const { response, contacted } = await callNoting("/v1/messages", from(ip, posted({ rooms, data: 1 })), {
      JOINS,
    });
    expect([response.status, contacted]).toEqual([429, []]);
    const headers = { authorization: `Bearer ${await sign()}` };
    expect(
      (await asked("/v1/messages", from(ip, posted({ rooms, data: 1 }, undefined, headers)))).status,
    ).toBe(201);
  });
});
