import { listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { sign } from "../auth/tokens.ts";
import { callWith, posted, problemOf, type Sent, UPGRADE } from "./call.ts";

/** A binding that lets in three a minute from one address. */
const { FEW_JOINS: JOINS } = env as unknown as { FEW_JOINS: RateLimit };

let addresses = 0;
/** An address of a network that nobody else in these tests is in. */
const address = () => `2001:db8:${(++addresses).toString(16)}::`;

const from = (ip: string, sent: Sent = {}): Sent => ({
  ...sent,
  headers: { ...sent.headers, "cf-connecting-ip": ip },
});

const room = () => `/v1/rooms/${crypto.randomUUID()}`;
const asked = (path: string, sent: Sent) => callWith({ JOINS }, path, sent);

const admin = async (): Promise<Sent> => ({
  method: "DELETE",
  headers: { authorization: `Bearer ${await sign({ can: ["admin"] })}` },
});

test.each<[string, () => string, Sent, number]>([
  ["upgrades", room, { headers: UPGRADE }, 101],
  ["reads", room, {}, 200],
  ["reads of heads", room, { method: "HEAD" }, 200],
  ["pages", () => `${room()}/messages`, { headers: { "if-none-match": "*" } }, 304],
  ["lists of members", () => `${room()}/members`, {}, 200],
  ["heads of events", () => `${room()}/events`, { method: "HEAD" }, 200],
  ["erasures", room, await admin(), 200],
  ["kicks", () => `${room()}/members/mallory?ban=1`, await admin(), 200],
  ["followers", () => `${room()}/events`, {}, 200],
  ["guests' posts", () => `${room()}/messages`, posted({ data: 1 }), 201],
  ["guests' signals", () => `${room()}/signals`, posted({ data: 1 }), 202],
])(
  "[LIM-8] [LIM-25] %s of one network are limited, and what is refused touches no room",
  async (_what, path, sent, status) => {
    const network = address();
    for (let i = 1; i <= 3; i++) {
      const response = await asked(path(), from(`${network}${i}`, sent));
      expect(response.status).toBe(status);
      if (response.webSocket !== null) response.webSocket.accept();
      response.webSocket?.close(1000);
      if (status === 200) await response.body?.cancel();
    }
    const before = (await listDurableObjectIds(env.ROOMS)).length;
    const refused = await asked(path(), from(`${network}4`, sent));
    expect(refused.headers.get("retry-after")).toBe("10");
    if (sent.method !== "HEAD") expect((await problemOf(refused)).code).toBe("rate_limited");
    expect((await listDurableObjectIds(env.ROOMS)).length).toBe(before);
    expect((await asked(path(), from(`${address()}1`, sent))).status).toBe(status);
  },
);

test("[LIM-8] a post to many rooms is a visit to each of them, and a token's are not counted", async () => {
  const rooms = Array.from({ length: 4 }, () => crypto.randomUUID());
  const before = (await listDurableObjectIds(env.ROOMS)).length;
  const ip = `${address()}1`;
  expect((await asked("/v1/messages", from(ip, posted({ rooms, data: 1 })))).status).toBe(429);
  expect((await listDurableObjectIds(env.ROOMS)).length).toBe(before);
  const headers = { authorization: `Bearer ${await sign()}` };
  expect((await asked("/v1/messages", from(ip, posted({ rooms, data: 1 }, undefined, headers)))).status).toBe(
    201,
  );
});
