import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Service, startService } from "../../support/service.ts";
import { eventually, TestSocket } from "../../support/socket.ts";
import { inSeconds, SECRET, token } from "../../support/tokens.ts";
import { Receiver } from "../../support/webhook-receiver.ts";

const LATER_MS = 30_000;
const TEST_MS = 90_000;
let receiver: Receiver;
let service: Service;
let room: string;

beforeEach(async () => {
  receiver = await Receiver.start();
  room = randomUUID();
});
afterEach(async () => {
  await service.stop();
  await receiver.stop();
});

async function start(vars: Record<string, string> = {}): Promise<void> {
  const webhook = { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: Receiver.secret, AUTH_SECRET: SECRET };
  service = await startService({ ...webhook, ...vars });
}

async function post(...data: unknown[]): Promise<void> {
  const response = await fetch(`${service.url}/v1/rooms/${room}/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages: data.map((each) => ({ data: each })) }),
  });
  expect(response.status).toBe(201);
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** The seqs of the messages that a delivery held. */
const seqsOf = ({ body }: Receiver["deliveries"][number]) =>
  body.events.flatMap(({ message }) => (message === undefined ? [] : [(message as { seq: number }).seq]));

const told = () => receiver.deliveries.flatMap(seqsOf);

async function floor(): Promise<number> {
  const response = await fetch(`${service.url}/v1/rooms/${room}`);
  return ((await response.json()) as { floor: number }).floor;
}

test(
  "[HOOK-4] nothing is lost on the way to a receiver that keeps up, and no delivery is over its size",
  async () => {
    await start();
    for (let i = 0; i < 50; i++) await post(...numbers(100));
    await eventually(() => told().length >= 5000, 15_000);
    expect(told()).toEqual(numbers(5000).map((i) => i + 1));
    for (const { bytes, body } of receiver.deliveries) {
      expect(bytes).toBeLessThan(256 * 1024 + 200);
      expect([body.events.length <= 1000, body.dropped]).toEqual([true, 0]);
    }
  },
  TEST_MS,
);

test(
  "[HOOK-10] a receiver that answers at once is told of every message, though the room keeps only a few",
  async () => {
    await start({ HISTORY_MESSAGES: "10" });
    for (let i = 0; i < 12; i++) await post(...numbers(100));
    await eventually(() => told().length >= 1200, 15_000);
    expect(told()).toEqual(numbers(1200).map((i) => i + 1));
    expect(receiver.deliveries.map(({ body }) => body.dropped)).toEqual(receiver.deliveries.map(() => 0));
    // And once it was told, the log is as short as it is to be.
    await eventually(async () => (await floor()) >= 1100, LATER_MS);
  },
  TEST_MS,
);

test(
  "[HOOK-3] [ACC-6] a token ends on time while a receiver hangs",
  async () => {
    await start();
    receiver.answers.push(() => {});
    const exp = inSeconds(5);
    const credential = token({ exp, can: ["read", "publish", "presence"] });
    const socket = await TestSocket.open(service.room(room, `?token=${credential}`), "dormouse.v1");
    await eventually(() => receiver.deliveries.length === 1, 4000);
    expect(await socket.until("bye", 8000)).toMatchObject({ code: "token_ended" });
    expect(Date.now() - exp * 1000).toBeLessThan(3000);
    socket.ws.terminate();
    await eventually(() => receiver.deliveries.length >= 2, LATER_MS);
    expect(receiver.deliveries[1]?.id).toBe(receiver.deliveries[0]?.id);
  },
  TEST_MS,
);

test(
  "[HOOK-1] what a slow receiver took in the end is not told again",
  async () => {
    await start();
    receiver.answers.push((response) => void setTimeout(() => response.writeHead(200).end(), 8000));
    await post("slow");
    await eventually(() => receiver.deliveries.length === 1, LATER_MS);
    await post("next");
    await eventually(() => told().includes(2), LATER_MS);
    expect(receiver.deliveries.map(seqsOf)).toEqual([[1], [2]]);
  },
  TEST_MS,
);

test(
  "[HOOK-2] what retention took between two attempts makes another delivery, and is counted",
  async () => {
    await start({ HISTORY_MESSAGES: "20" });
    receiver.answers.push((response) => response.writeHead(500).end());
    await post(...numbers(20));
    await eventually(() => receiver.deliveries.length === 1, LATER_MS);
    for (let i = 0; i < 3; i++) await post(...numbers(20));
    await eventually(async () => (await floor()) > 0, LATER_MS);
    await eventually(() => told().includes(80), LATER_MS);
    const [first, second] = receiver.deliveries;
    expect(seqsOf(first ?? expect.fail())).toHaveLength(20);
    expect(second?.id).not.toBe(first?.id);
    expect(second?.body.dropped).toBe((told()[20] ?? 0) - 1);
  },
  TEST_MS,
);

test(
  "[HOOK-2] what is dropped between two attempts is told by the next delivery, not under the same id",
  async () => {
    await start({ HISTORY_MESSAGES: "20" });
    let refuse = () => {};
    receiver.answers.push((response) => {
      refuse = () => response.writeHead(500).end();
    });
    const socket = await TestSocket.open(service.room(room), "dormouse.v1");
    await eventually(() => receiver.deliveries.length === 1, LATER_MS);
    for (let i = 0; i < 4; i++) await post(...numbers(20));
    refuse();
    // While the receiver may still take the delivery, nothing is trimmed; since it failed, all that is over the bound.
    await eventually(async () => (await floor()) > 0, 4000);
    await eventually(() => told().includes(80), LATER_MS);
    const [first, second, third] = receiver.deliveries;
    expect(first?.body).toMatchObject({ dropped: 0, events: [{ type: "room.occupied" }, {}] });
    expect([second?.id, second?.body]).toEqual([first?.id, first?.body]);
    expect(third?.id).not.toBe(first?.id);
    expect(third?.body.dropped).toBe((told()[0] ?? 0) - 1);
    expect(third?.body.dropped).toBeGreaterThan(0);
    socket.ws.terminate();
  },
  TEST_MS,
);

test(
  "[HOOK-4] messages that nobody wants to be told of are not counted as dropped",
  async () => {
    await start({ HISTORY_MESSAGES: "10", WEBHOOK_EVENTS: "member.joined member.left" });
    for (let i = 0; i < 3; i++) await post(...numbers(20));
    await eventually(async () => (await floor()) > 0, LATER_MS);
    const socket = await TestSocket.open(service.room(room), "dormouse.v1");
    await eventually(() => receiver.deliveries.length === 1, LATER_MS);
    expect(receiver.deliveries[0]?.body).toMatchObject({ dropped: 0, events: [{ type: "member.joined" }] });
    socket.ws.terminate();
  },
  TEST_MS,
);

test(
  "[HOOK-4] [HOOK-1] what was on its way when the log was erased is neither dropped nor told again, if it arrived",
  async () => {
    await start();
    let answer = () => {};
    receiver.answers.push((response) => {
      answer = () => response.writeHead(200).end();
    });
    const socket = await TestSocket.open(service.room(room, "?name=Ada"), "dormouse.v1");
    await post(1, 2, 3);
    await eventually(() => receiver.deliveries.length === 1, LATER_MS);
    const headers = { authorization: `Bearer ${token({ can: ["admin"] })}` };
    await post(4);
    await fetch(`${service.url}/v1/rooms/${room}`, { method: "DELETE", headers });
    answer();
    await post("new");
    await eventually(() => receiver.deliveries.length === 2, LATER_MS);
    const kinds = receiver.deliveries.map(({ body }) => body.events.map(({ type }) => type));
    expect(kinds[0]).toEqual([
      "room.occupied",
      "member.joined",
      ...Array.from({ length: 3 }, () => "message.published"),
    ]);
    expect(kinds.slice(1).flat()).not.toContain("member.joined");
    // The fourth was not on its way.
    expect(receiver.deliveries.map(({ body }) => body.dropped)).toEqual([0, 1]);
    socket.ws.terminate();
  },
  TEST_MS,
);

test(
  "[HOOK-4] a receiver with a limit gets less at once, and what is over it alone is dropped and counted",
  async () => {
    await start();
    const LIMIT = 100_000;
    const taken: typeof receiver.deliveries = [];
    receiver.otherwise = (response, delivery) => {
      if (delivery.bytes <= LIMIT) taken.push(delivery);
      response.writeHead(delivery.bytes > LIMIT ? 413 : 204).end();
    };
    for (let i = 0; i < 10; i++) await post(...Array.from({ length: 10 }, () => "x".repeat(2500)));
    await eventually(() => taken.flatMap(seqsOf).length === 100, LATER_MS);
    expect(new Set(receiver.deliveries.map(({ id }) => id)).size).toBe(receiver.deliveries.length);
    await post("x".repeat(150_000));
    await post("after");
    await eventually(() => taken.flatMap(seqsOf).includes(102), 60_000);
    expect(taken.flatMap(seqsOf)).toEqual([...numbers(100).map((i) => i + 1), 102]);
    expect(taken.reduce((sum, { body }) => sum + body.dropped, 0)).toBe(1);
  },
  TEST_MS,
);
