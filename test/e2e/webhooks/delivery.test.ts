import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Service, startService } from "../../support/service.ts";
import { eventually, TestSocket } from "../../support/socket.ts";
import { SECRET, token } from "../../support/tokens.ts";
import { WebhookReceiver } from "../../support/webhook-receiver.ts";

/** How long a delivery may take, with its retries. */
const DELIVERY_MS = 30_000;
let receiver: WebhookReceiver;
let service: Service;
const sockets: TestSocket[] = [];

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  service = await startService({
    WEBHOOK_URL: receiver.url,
    WEBHOOK_SECRET: WebhookReceiver.secret,
    LEAVE_GRACE_MS: "500",
    AUTH_SECRET: SECRET,
  });
});
beforeEach(() => {
  receiver.deliveries.length = 0;
  receiver.answers.length = 0;
});
afterEach(() => {
  for (const { ws } of sockets.splice(0)) ws.terminate();
});
afterAll(async () => {
  await service.stop();
  await receiver.stop();
});

async function join(room: string, name: string): Promise<TestSocket> {
  const socket = await TestSocket.open(service.room(room, `?name=${name}`), "dormouse.v1");
  sockets.push(socket);
  await socket.until("welcome");
  return socket;
}

/** The delivered events of a room: each its type, and the name or data it is about. */
const eventsOf = (room: string) =>
  receiver.deliveries
    .filter(({ body }) => body.room === room)
    .flatMap(({ body }) => body.events)
    .map(({ type, name, message }) =>
      [type, name ?? (message as { data?: unknown } | undefined)?.data].join(" ").trim(),
    );

test("[HOOK-1] joins, leaves and messages are delivered once, in order and signed", async () => {
  const room = randomUUID();
  const ada = await join(room, "Ada");
  ada.send({ type: "publish", id: "1", data: "hello" });
  await eventually(() => eventsOf(room).length === 3, DELIVERY_MS);
  const bob = await join(room, "Bob");
  bob.send({ type: "publish", id: "2", data: "hi" });
  bob.ws.close(1000);
  await eventually(() => eventsOf(room).includes("member.left Bob"), DELIVERY_MS);
  ada.ws.terminate();
  await eventually(() => eventsOf(room).includes("room.vacated"), DELIVERY_MS);
  expect(eventsOf(room).toSorted()).toEqual(
    [
      "room.occupied",
      "member.joined Ada",
      "message.published hello",
      "member.joined Bob",
      "message.published hi",
      "member.left Bob",
      "member.left Ada",
      "room.vacated",
    ].toSorted(),
  );
  expect(eventsOf(room).slice(0, 3)).toEqual([
    "room.occupied",
    "member.joined Ada",
    "message.published hello",
  ]);
  for (const { isSigned, timestamp, body, headers } of receiver.deliveries) {
    expect([isSigned, headers["content-type"], body.dropped]).toEqual([true, "application/json", 0]);
    expect(Math.abs(timestamp - Date.now() / 1000)).toBeLessThan(60);
  }
  expect(new Set(receiver.events.map(({ id }) => id)).size).toBe(receiver.events.length);
}, 60_000);

test("[API-62] the state of the webhook is readable for one room, also after it was out of memory", async () => {
  const room = randomUUID();
  const stateOf = async () => {
    const headers = { authorization: `Bearer ${token({ can: ["admin"], rooms: [room] })}` };
    const response = await fetch(`${service.url}/v1/rooms/${room}/webhook`, { headers });
    return (await response.json()) as Record<string, unknown>;
  };
  receiver.answers.push((response) => response.writeHead(503, { "retry-after": "3600" }).end("a body"));
  const post = await fetch(`${service.url}/v1/rooms/${room}/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ data: "waits" }),
  });
  expect(post.status).toBe(201);
  await eventually(async () => (await stateOf()).state === "failing", DELIVERY_MS);
  await service.evict(room);
  const failing = await stateOf();
  expect(failing).toMatchObject({
    set: true,
    failures: 1,
    lastSuccess: null,
    lastFailure: { at: expect.any(Number), status: 503 },
    backlog: { messages: 1, membershipEvents: 0, bytes: expect.any(Number) },
  });
  expect(Number(failing.nextAttemptAt) - Date.now()).toBeGreaterThan(3_000_000);
  expect(JSON.stringify(failing)).not.toMatch(/a body|127\.0\.0\.1/);
}, 60_000);

test("[HOOK-2] a failed delivery is retried with the same id, and a redirect is not followed", async () => {
  const elsewhere = await WebhookReceiver.start();
  try {
    const room = randomUUID();
    receiver.answers.push((response) => response.writeHead(307, { location: elsewhere.url }).end());
    await join(room, "Ada");
    await eventually(() => receiver.deliveries.length >= 2, 2 * DELIVERY_MS);
    const [first, second] = receiver.deliveries;
    expect(second?.id).toBe(first?.id);
    expect(second?.body.events).toEqual(first?.body.events);
    expect(elsewhere.deliveries).toEqual([]);
  } finally {
    await elsewhere.stop();
  }
}, 60_000);

test("[HOOK-3] a receiver that hangs does not delay the room", async () => {
  const room = randomUUID();
  let hung = false;
  receiver.answers.push(() => {
    hung = true;
  });
  const ada = await join(room, "Ada");
  await eventually(() => hung, DELIVERY_MS);
  for (let i = 0; i < 20; i++) {
    ada.send({ type: "publish", id: `${i}`, data: i });
    expect(await ada.until("messages")).toMatchObject({ first: i + 1 });
  }
  await eventually(() => eventsOf(room).includes("message.published 19"), 3 * DELIVERY_MS);
}, 80_000);

test("[HOOK-1] a leave while the room is evicted is delivered", async () => {
  const room = randomUUID();
  await join(room, "Ada");
  await eventually(() => eventsOf(room).includes("member.joined Ada"), DELIVERY_MS);
  await service.evict(room, "close");
  await join(room, "Bob");
  await eventually(() => eventsOf(room).includes("member.left Ada"), DELIVERY_MS);
  expect(eventsOf(room)).not.toContain("room.vacated");
}, 60_000);

/** Publishes `count` messages in one HTTP call. */
async function post(room: string, count: number): Promise<void> {
  const batch = Array.from({ length: count }, (_, i) => ({ data: i }));
  const response = await fetch(`${service.url}/v1/rooms/${room}/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages: batch }),
  });
  expect(response.status).toBe(201);
}

test("[HOOK-1] events keep their order across deliveries", async () => {
  const room = randomUUID();
  await join(room, "Ada");
  const bob = await join(room, "Bob");
  bob.send({ type: "publish", id: "first", data: "first" });
  await Promise.all(Array.from({ length: 4 }, () => post(room, 100)));
  bob.ws.close(1000);
  await eventually(() => eventsOf(room).includes("member.left Bob"), DELIVERY_MS);
  await eventually(
    () => eventsOf(room).filter((each) => each.startsWith("message")).length === 401,
    DELIVERY_MS,
  );
  const times = receiver.deliveries
    .filter(({ body }) => body.room === room)
    .flatMap(({ body }) => body.events.map(({ at }) => Number(at)));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const events = eventsOf(room);
  expect(events.indexOf("member.joined Bob")).toBeLessThan(events.indexOf("message.published first"));
  expect(events.at(-1)).toBe("member.left Bob");
}, 60_000);

test("[HOOK-1] each short visit is delivered", async () => {
  const room = randomUUID();
  for (let visit = 0; visit < 3; visit++) {
    const bob = await join(room, "Bob");
    bob.ws.close(1000);
    await bob.closed;
  }
  const visitEvents = ["room.occupied", "member.joined Bob", "member.left Bob", "room.vacated"];
  await eventually(() => eventsOf(room).length >= 12, DELIVERY_MS);
  expect(eventsOf(room)).toEqual([...visitEvents, ...visitEvents, ...visitEvents]);
}, 60_000);

test("[HOOK-4] messages erased before their delivery are counted as dropped", async () => {
  const room = randomUUID();
  await post(room, 3);
  const headers = { authorization: `Bearer ${token({ can: ["admin"] })}` };
  const erased = await fetch(`${service.url}/v1/rooms/${room}`, { method: "DELETE", headers });
  expect(erased.status).toBe(200);
  await post(room, 1);
  await eventually(() => eventsOf(room).length === 1, DELIVERY_MS);
  expect(receiver.deliveries.find(({ body }) => body.room === room)?.body.dropped).toBe(3);
}, 60_000);
