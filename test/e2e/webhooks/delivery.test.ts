import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Service, startService } from "../../support/service.ts";
import { eventually, TestSocket } from "../../support/socket.ts";
import { SECRET, token } from "../../support/tokens.ts";
import { Receiver } from "../../support/webhook-receiver.ts";

const LATER_MS = 30_000;
let receiver: Receiver;
let service: Service;
const sockets: TestSocket[] = [];

beforeAll(async () => {
  receiver = await Receiver.start();
  service = await startService({
    WEBHOOK_URL: receiver.url,
    WEBHOOK_SECRET: Receiver.secret,
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

/** What was told of a room: each event as its type and whom or what it is about. */
const toldOf = (room: string) =>
  receiver.deliveries
    .filter(({ body }) => body.room === room)
    .flatMap(({ body }) => body.events)
    .map(({ type, name, message }) =>
      [type, name ?? (message as { data?: unknown } | undefined)?.data].join(" ").trim(),
    );

test("[HOOK-1] who comes and goes, and what is published, is told in order, signed, and once where it is taken", async () => {
  const room = randomUUID();
  const ada = await join(room, "Ada");
  ada.send({ type: "publish", id: "1", data: "hello" });
  await eventually(() => toldOf(room).length === 3, LATER_MS);
  const bob = await join(room, "Bob");
  bob.send({ type: "publish", id: "2", data: "hi" });
  bob.ws.close(1000);
  await eventually(() => toldOf(room).includes("member.left Bob"), LATER_MS);
  ada.ws.terminate();
  await eventually(() => toldOf(room).includes("room.vacated"), LATER_MS);
  expect(toldOf(room).toSorted()).toEqual(
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
  expect(toldOf(room).slice(0, 3)).toEqual(["room.occupied", "member.joined Ada", "message.published hello"]);
  for (const { isSigned, timestamp, body, headers } of receiver.deliveries) {
    expect([isSigned, headers["content-type"], body.dropped]).toEqual([true, "application/json", 0]);
    expect(Math.abs(timestamp - Date.now() / 1000)).toBeLessThan(60);
  }
  expect(new Set(receiver.events.map(({ id }) => id)).size).toBe(receiver.events.length);
}, 60_000);

test("[HOOK-2] what was not taken is told again, with the same id, and a redirect is not followed", async () => {
  const elsewhere = await Receiver.start();
  try {
    const room = randomUUID();
    receiver.answers.push((response) => response.writeHead(307, { location: elsewhere.url }).end());
    await join(room, "Ada");
    await eventually(() => receiver.deliveries.length >= 2, 2 * LATER_MS);
    const [first, second] = receiver.deliveries;
    expect(second?.id).toBe(first?.id);
    expect(second?.body.events).toEqual(first?.body.events);
    expect(elsewhere.deliveries).toEqual([]);
  } finally {
    await elsewhere.stop();
  }
}, 60_000);

test("[HOOK-3] a receiver that hangs holds nobody up", async () => {
  const room = randomUUID();
  let hung = false;
  receiver.answers.push(() => {
    hung = true;
  });
  const ada = await join(room, "Ada");
  await eventually(() => hung, LATER_MS);
  for (let i = 0; i < 20; i++) {
    ada.send({ type: "publish", id: `${i}`, data: i });
    expect(await ada.until("messages", 2000)).toMatchObject({ first: i + 1 });
  }
  await eventually(() => toldOf(room).includes("message.published 19"), 3 * LATER_MS);
}, 80_000);

test("[HOOK-1] who went while the room was out of memory is told, too", async () => {
  const room = randomUUID();
  await join(room, "Ada");
  await eventually(() => toldOf(room).includes("member.joined Ada"), LATER_MS);
  await service.evict(room, "close");
  await join(room, "Bob");
  await eventually(() => toldOf(room).includes("member.left Ada"), LATER_MS);
  expect(toldOf(room)).not.toContain("room.vacated");
}, 60_000);

/** Publishes over HTTP, all at once, so many at a time. */
async function post(room: string, count: number): Promise<void> {
  const batch = Array.from({ length: count }, (_, i) => ({ data: i }));
  const response = await fetch(`${service.url}/v1/rooms/${room}/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages: batch }),
  });
  expect(response.status).toBe(201);
}

test("[HOOK-1] nothing overtakes what is older, also where there is more than one delivery holds", async () => {
  const room = randomUUID();
  await join(room, "Ada");
  const bob = await join(room, "Bob");
  bob.send({ type: "publish", id: "first", data: "first" });
  await Promise.all(Array.from({ length: 4 }, () => post(room, 100)));
  bob.ws.close(1000);
  await eventually(() => toldOf(room).includes("member.left Bob"), LATER_MS);
  await eventually(() => toldOf(room).filter((each) => each.startsWith("message")).length === 401, LATER_MS);
  const times = receiver.deliveries
    .filter(({ body }) => body.room === room)
    .flatMap(({ body }) => body.events.map(({ at }) => Number(at)));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const told = toldOf(room);
  expect(told.indexOf("member.joined Bob")).toBeLessThan(told.indexOf("message.published first"));
  expect(told.at(-1)).toBe("member.left Bob");
}, 60_000);

test("[HOOK-1] who stays for a moment only is told, too, each time", async () => {
  const room = randomUUID();
  for (let visit = 0; visit < 3; visit++) {
    const bob = await join(room, "Bob");
    bob.ws.close(1000);
    await bob.closed;
  }
  const once = ["room.occupied", "member.joined Bob", "member.left Bob", "room.vacated"];
  await eventually(() => toldOf(room).length >= 12, LATER_MS);
  expect(toldOf(room)).toEqual([...once, ...once, ...once]);
}, 60_000);

test("[HOOK-4] messages that were erased before they were told are counted as dropped", async () => {
  const room = randomUUID();
  await post(room, 3);
  const headers = { authorization: `Bearer ${token({ can: ["admin"] })}` };
  const erased = await fetch(`${service.url}/v1/rooms/${room}`, { method: "DELETE", headers });
  expect(erased.status).toBe(200);
  await post(room, 1);
  await eventually(() => toldOf(room).length === 1, LATER_MS);
  expect(receiver.deliveries.find(({ body }) => body.room === room)?.body.dropped).toBe(3);
}, 60_000);
