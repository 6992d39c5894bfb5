import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { type TestContext, test } from "vitest";
import { type Service, startService } from "../../support/service.ts";
import { eventually, TestSocket } from "../../support/socket.ts";
import { inSeconds, SECRET, token } from "../../support/tokens.ts";
import { WebhookReceiver } from "../../support/webhook-receiver.ts";

/** How long a delivery may take, with its retries. */
const DELIVERY_MS = 30_000;
const TEST_MS = 90_000;
const RETRY_AFTER_S = 10;

/** A room of a service that delivers to a receiver of its own. */
type Setup = {
  receiver: WebhookReceiver;
  service: Service;
  room: string;
  post(...data: unknown[]): Promise<void>;
  /** The seq below which the room retains nothing. */
  floor(): Promise<number>;
  deliveredSeqs(): number[];
};

/** Starts both for one test, and stops them after it. */
async function start(
  { onTestFinished, expect }: TestContext,
  vars: Record<string, string> = {},
): Promise<Setup> {
  const receiver = await WebhookReceiver.start();
  onTestFinished(() => receiver.stop());
  const webhook = { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: WebhookReceiver.secret, AUTH_SECRET: SECRET };
  const service = await startService({ ...webhook, ...vars });
  onTestFinished(() => service.stop());
  const room = randomUUID();
  const address = `${service.url}/v1/rooms/${room}`;
  return {
    receiver,
    service,
    room,
    post: async (...data) => {
      const response = await fetch(`${address}/messages`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ messages: data.map((each) => ({ data: each })) }),
      });
      expect(response.status).toBe(201);
    },
    floor: async () => ((await (await fetch(address)).json()) as { floor: number }).floor,
    deliveredSeqs: () => receiver.deliveries.flatMap(seqsOf),
  };
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** The seqs of the messages in a delivery. */
const seqsOf = ({ body }: WebhookReceiver["deliveries"][number]) =>
  body.events.flatMap(({ message }) => (message === undefined ? [] : [(message as { seq: number }).seq]));

/** Fails an attempt, and puts the next one off until retention has certainly removed messages. */
const failUntilTrimmed = (response: ServerResponse) =>
  response.writeHead(500, { "retry-after": String(RETRY_AFTER_S) }).end();

test.concurrent(
  "[HOOK-4] a receiver that keeps up gets every message, in deliveries within the size limit",
  async (context) => {
    const { expect } = context;
    const { receiver, post, deliveredSeqs } = await start(context);
    for (let i = 0; i < 50; i++) await post(...numbers(100));
    await eventually(() => deliveredSeqs().length >= 5000, 15_000);
    expect(deliveredSeqs()).toEqual(numbers(5000).map((i) => i + 1));
    for (const { bytes, body } of receiver.deliveries) {
      expect(bytes).toBeLessThan(256 * 1024 + 200);
      expect([body.events.length <= 1000, body.dropped]).toEqual([true, 0]);
    }
  },
  TEST_MS,
);

test.concurrent(
  "[HOOK-10] a receiver that answers at once gets every message, though the room retains only ten",
  async (context) => {
    const { expect } = context;
    const { receiver, post, floor, deliveredSeqs } = await start(context, { HISTORY_MESSAGES: "10" });
    for (let i = 0; i < 12; i++) await post(...numbers(100));
    await eventually(() => deliveredSeqs().length >= 1200, 15_000);
    expect(deliveredSeqs()).toEqual(numbers(1200).map((i) => i + 1));
    expect(receiver.deliveries.map(({ body }) => body.dropped)).toEqual(receiver.deliveries.map(() => 0));
    // Retention applies once the messages are delivered.
    await eventually(async () => (await floor()) >= 1100, DELIVERY_MS);
  },
  TEST_MS,
);

// Checks when something happens, so nothing else runs beside it.
test(
  "[HOOK-3] [ACC-6] a token expires on time while a receiver hangs",
  async (context) => {
    const { expect } = context;
    const { receiver, service, room } = await start(context);
    receiver.answers.push(() => {});
    const exp = inSeconds(5);
    const credential = token({ exp, can: ["read", "publish", "presence"] });
    const socket = await TestSocket.open(service.room(room, `?token=${credential}`), "dormouse.v1");
    await eventually(() => receiver.deliveries.length === 1, 4000);
    expect(await socket.until("bye")).toMatchObject({ code: "token_ended" });
    expect(Date.now() - exp * 1000).toBeLessThan(3000);
    socket.ws.terminate();
    await eventually(() => receiver.deliveries.length >= 2, DELIVERY_MS);
    expect(receiver.deliveries[1]?.id).toBe(receiver.deliveries[0]?.id);
  },
  TEST_MS,
);

test.concurrent(
  "[HOOK-1] a delivery that a slow receiver accepts is not retried",
  async (context) => {
    const { expect } = context;
    const { receiver, post, deliveredSeqs } = await start(context);
    receiver.answers.push((response) => void setTimeout(() => response.writeHead(200).end(), 8000));
    await post("slow");
    await eventually(() => receiver.deliveries.length === 1, DELIVERY_MS);
    await post("next");
    await eventually(() => deliveredSeqs().includes(2), DELIVERY_MS);
    expect(receiver.deliveries.map(seqsOf)).toEqual([[1], [2]]);
  },
  TEST_MS,
);

test.concurrent(
  "[HOOK-2] messages that retention removes between two attempts are counted in a delivery with a new id",
  async (context) => {
    const { expect } = context;
    const { receiver, post, floor, deliveredSeqs } = await start(context, { HISTORY_MESSAGES: "20" });
    receiver.answers.push(failUntilTrimmed);
    await post(...numbers(20));
    await eventually(() => receiver.deliveries.length === 1, DELIVERY_MS);
    for (let i = 0; i < 3; i++) await post(...numbers(20));
    await eventually(async () => (await floor()) > 0, DELIVERY_MS);
    await eventually(() => deliveredSeqs().includes(80), DELIVERY_MS);
    const [first, second] = receiver.deliveries;
    expect(seqsOf(first ?? expect.fail())).toHaveLength(20);
    expect(second?.id).not.toBe(first?.id);
    expect(second?.body.dropped).toBe((deliveredSeqs()[20] ?? 0) - 1);
  },
  TEST_MS,
);

test.concurrent(
  "[HOOK-2] messages dropped between two attempts are counted by the next delivery, not by the retry",
  async (context) => {
    const { expect } = context;
    const { receiver, service, room, post, floor, deliveredSeqs } = await start(context, {
      HISTORY_MESSAGES: "20",
    });
    let refuse = () => {};
    receiver.answers.push((response) => {
      refuse = () => failUntilTrimmed(response);
    });
    const socket = await TestSocket.open(service.room(room), "dormouse.v1");
    await eventually(() => receiver.deliveries.length === 1, DELIVERY_MS);
    for (let i = 0; i < 4; i++) await post(...numbers(20));
    refuse();
    // The log is trimmed only after the delivery failed: until then the receiver may still accept it.
    await eventually(async () => (await floor()) > 0, RETRY_AFTER_S * 1000);
    await eventually(() => deliveredSeqs().includes(80), DELIVERY_MS);
    const [first, second, third] = receiver.deliveries;
    expect(first?.body).toMatchObject({ dropped: 0, events: [{ type: "room.occupied" }, {}] });
    expect([second?.id, second?.body]).toEqual([first?.id, first?.body]);
    expect(third?.id).not.toBe(first?.id);
    expect(third?.body.dropped).toBe((deliveredSeqs()[0] ?? 0) - 1);
    expect(third?.body.dropped).toBeGreaterThan(0);
    socket.ws.terminate();
  },
  TEST_MS,
);

test.concurrent(
  "[HOOK-4] messages outside WEBHOOK_EVENTS are not counted as dropped",
  async (context) => {
    const { expect } = context;
    const { receiver, service, room, post, floor } = await start(context, {
      HISTORY_MESSAGES: "10",
      WEBHOOK_EVENTS: "member.joined member.left",
    });
    for (let i = 0; i < 3; i++) await post(...numbers(20));
    await eventually(async () => (await floor()) > 0, DELIVERY_MS);
    const socket = await TestSocket.open(service.room(room), "dormouse.v1");
    await eventually(() => receiver.deliveries.length === 1, DELIVERY_MS);
    expect(receiver.deliveries[0]?.body).toMatchObject({ dropped: 0, events: [{ type: "member.joined" }] });
    socket.ws.terminate();
  },
  TEST_MS,
);

test.concurrent(
  "[HOOK-4] [HOOK-1] messages in flight while the log is erased are neither dropped nor delivered twice",
  async (context) => {
    const { expect } = context;
    const { receiver, service, room, post } = await start(context);
    let answer = () => {};
    receiver.answers.push((response) => {
      answer = () => response.writeHead(200).end();
    });
    const socket = await TestSocket.open(service.room(room, "?name=Ada"), "dormouse.v1");
    await post(1, 2, 3);
    await eventually(() => receiver.deliveries.length === 1, DELIVERY_MS);
    const headers = { authorization: `Bearer ${token({ can: ["admin"] })}` };
    await post(4);
    await fetch(`${service.url}/v1/rooms/${room}`, { method: "DELETE", headers });
    answer();
    await post("new");
    await eventually(() => receiver.deliveries.length === 2, DELIVERY_MS);
    const kinds = receiver.deliveries.map(({ body }) => body.events.map(({ type }) => type));
    expect(kinds[0]).toEqual([
      "room.occupied",
      "member.joined",
      ...Array.from({ length: 3 }, () => "message.published"),
    ]);
    expect(kinds.slice(1).flat()).not.toContain("member.joined");
    // The fourth message was not in flight.
    expect(receiver.deliveries.map(({ body }) => body.dropped)).toEqual([0, 1]);
    socket.ws.terminate();
  },
  TEST_MS,
);

test.concurrent(
  "[HOOK-4] a receiver that answers 413 gets smaller deliveries, and a message too large alone is dropped",
  async (context) => {
    const { expect } = context;
    const { receiver, post } = await start(context);
    const LIMIT = 100_000;
    const accepted: typeof receiver.deliveries = [];
    receiver.otherwise = (response, delivery) => {
      if (delivery.bytes <= LIMIT) accepted.push(delivery);
      response.writeHead(delivery.bytes > LIMIT ? 413 : 204).end();
    };
    for (let i = 0; i < 10; i++) await post(...Array.from({ length: 10 }, () => "x".repeat(2500)));
    await eventually(() => accepted.flatMap(seqsOf).length === 100, DELIVERY_MS);
    expect(new Set(receiver.deliveries.map(({ id }) => id)).size).toBe(receiver.deliveries.length);
    await post("x".repeat(150_000));
    await post("after");
    await eventually(() => accepted.flatMap(seqsOf).includes(102), 60_000);
    expect(accepted.flatMap(seqsOf)).toEqual([...numbers(100).map((i) => i + 1), 102]);
    expect(accepted.reduce((sum, { body }) => sum + body.dropped, 0)).toBe(1);
  },
  TEST_MS,
);
