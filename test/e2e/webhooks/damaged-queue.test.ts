import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, test } from "vitest";
import { type Service, startService } from "../../support/service.ts";
import { eventually, TestSocket } from "../../support/socket.ts";
import { SECRET, token } from "../../support/tokens.ts";
import { WebhookReceiver } from "../../support/webhook-receiver.ts";

const DELIVERY_MS = 30_000;
const RETAINED = 20;

let receiver: WebhookReceiver;
let service: Service;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  service = await startService({
    WEBHOOK_URL: receiver.url,
    WEBHOOK_SECRET: WebhookReceiver.secret,
    AUTH_SECRET: SECRET,
    HISTORY_MESSAGES: `${RETAINED}`,
  });
});
afterAll(async () => {
  await service.stop();
  await receiver.stop();
});

const addressOf = (room: string) => `${service.url}/v1/rooms/${room}`;

async function post(room: string, count: number): Promise<number> {
  const messages = Array.from({ length: count }, (_, i) => ({ data: i }));
  const response = await fetch(`${addressOf(room)}/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages }),
  });
  await response.arrayBuffer();
  return response.status;
}

async function info(room: string): Promise<{ floor: number; count: number }> {
  return (await (await fetch(addressOf(room))).json()) as { floor: number; count: number };
}

test.concurrent.for([
  ["a state that is not JSON", "UPDATE dormouse_outgoing_state SET state = '{'"],
  ["a missing state column", "ALTER TABLE dormouse_outgoing_state RENAME COLUMN state TO other"],
  ["a missing table of members", "DROP TABLE dormouse_outgoing_members"],
  ["a missing table of membership events", "DROP TABLE dormouse_outgoing"],
] as const)(
  "[HOOK-11] a room with a damaged webhook queue serves members, trims its log and can be erased: %s",
  { timeout: 90_000 },
  async ([, damage], { expect }) => {
    const room = randomUUID();
    expect(await post(room, 1)).toBe(201);
    const first = await TestSocket.open(service.room(room), "dormouse.v1");
    await eventually(() => receiver.deliveries.some(({ body }) => body.room === room), DELIVERY_MS);
    first.ws.terminate();
    await service.sql(room, damage);
    await service.evict(room);

    const socket = await TestSocket.open(service.room(room), "dormouse.v1");
    expect(await socket.json()).toMatchObject({ type: "welcome" });
    expect((await info(room)).count).toBeGreaterThan(0);
    for (let i = 0; i < 4; i++) expect(await post(room, RETAINED)).toBe(201);
    await eventually(async () => (await info(room)).floor > 0, DELIVERY_MS);
    socket.ws.close(1000);
    await eventually(async () => (await info(room)).count === 0, DELIVERY_MS);
    const headers = { authorization: `Bearer ${token({ can: ["admin"] })}` };
    expect((await fetch(addressOf(room), { method: "DELETE", headers })).status).toBe(200);
    expect(await post(room, 1)).toBe(201);
  },
);
