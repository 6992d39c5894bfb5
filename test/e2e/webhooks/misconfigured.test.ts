import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Service, startService } from "../../support/service.ts";
import { eventually, TestSocket } from "../../support/socket.ts";
import { SECRET, token } from "../../support/tokens.ts";
import { Receiver } from "../../support/webhook-receiver.ts";

const LATER_MS = 30_000;
const KEPT = 20;

let receiver: Receiver;
let service: Service;
let room: string;

beforeAll(async () => {
  receiver = await Receiver.start();
  service = await startService({
    WEBHOOK_URL: receiver.url,
    WEBHOOK_SECRET: Receiver.secret,
    AUTH_SECRET: SECRET,
    HISTORY_MESSAGES: `${KEPT}`,
  });
});
afterAll(async () => {
  await service.stop();
  await receiver.stop();
});
beforeEach(() => {
  room = randomUUID();
});

const address = () => `${service.url}/v1/rooms/${room}`;

async function post(count: number): Promise<number> {
  const messages = Array.from({ length: count }, (_, i) => ({ data: i }));
  const response = await fetch(`${address()}/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages }),
  });
  await response.arrayBuffer();
  return response.status;
}

async function info(): Promise<{ floor: number; count: number }> {
  return (await (await fetch(address())).json()) as { floor: number; count: number };
}

test.each([
  ["a state that is no JSON", "UPDATE outgoing_state SET state = '{'"],
  ["no column for the state", "ALTER TABLE outgoing_state RENAME COLUMN state TO other"],
  ["no table of members", "DROP TABLE outgoing_members"],
  ["no table of joins and leaves", "DROP TABLE outgoing"],
])(
  "[HOOK-11] in a room that cannot read what it stored for the webhook (%s), members join, publish and leave, the log is trimmed, and it can be erased",
  async (_what, damage) => {
    expect(await post(1)).toBe(201);
    const first = await TestSocket.open(service.room(room), "dormouse.v1");
    await eventually(() => receiver.deliveries.some(({ body }) => body.room === room), LATER_MS);
    first.ws.terminate();
    await service.sql(room, damage);
    await service.evict(room);

    const socket = await TestSocket.open(service.room(room), "dormouse.v1");
    expect(await socket.json()).toMatchObject({ type: "welcome" });
    expect((await info()).count).toBeGreaterThan(0);
    for (let i = 0; i < 4; i++) expect(await post(KEPT)).toBe(201);
    await eventually(async () => (await info()).floor > 0, LATER_MS);
    socket.ws.close(1000);
    await eventually(async () => (await info()).count === 0, LATER_MS);
    const headers = { authorization: `Bearer ${token({ can: ["admin"] })}` };
    expect((await fetch(address(), { method: "DELETE", headers })).status).toBe(200);
    expect(await post(1)).toBe(201);
  },
  90_000,
);
