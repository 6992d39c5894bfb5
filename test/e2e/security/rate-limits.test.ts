import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rawRequest } from "../../support/raw-request.ts";
import { type Service, startService } from "../../support/service.ts";
import { TestSocket } from "../../support/socket.ts";
import { token } from "../../support/tokens.ts";
import { bearer, codeOf, expectCleanLogs, join, SECURED, V1 } from "./helpers.ts";

const BURST = 100;
const FLOOD_OF_MESSAGES = 10_000;
/** Consecutive rate-limited frames after which a socket is closed. */
const MAX_REFUSED = 1000;
const FLOOD_OF_OTHERS = 2000;

let service: Service;
beforeAll(async () => {
  // The bucket refills slowly enough for a slow test, and is large enough to tell a full one from an empty one.
  service = await startService({
    ...SECURED,
    AUTH_MODE: "open",
    PUBLISH_RATE: "1",
    PUBLISH_BURST: `${BURST}`,
  });
});
afterAll(() => service.stop());

/** Publishes one message more than a full bucket allows. Returns how many passed, and the errors of the others. */
async function drain(socket: TestSocket, prefix: string) {
  for (let i = 0; i <= BURST; i++) socket.send({ type: "publish", id: `${prefix}-${i}`, data: i });
  let passed = 0;
  const errors: Record<string, unknown>[] = [];
  while (passed + errors.length <= BURST) {
    const { type, messages, ...rest } = await socket.json();
    if (type === "error") errors.push(rest);
    else if (Array.isArray(messages))
      passed += messages.filter(({ id }) => `${id}`.startsWith(prefix)).length;
  }
  return { passed, errors };
}

describe("PUBLISH_RATE", () => {
  test("[LIM-8] answers each frame over the rate with its id and retryAfter, and delivers it to no member", async () => {
    const room = randomUUID();
    const [socket, other] = [await join(service, room), await join(service, room, { sub: "bob" })];
    const { passed, errors } = await drain(socket, "a");
    expect(passed).toBeGreaterThanOrEqual(BURST);
    socket.send({ type: "history", id: "too-much" });
    socket.send("no JSON");
    const again = [...errors, await socket.until("error"), await socket.until("error")];
    let last = 0;
    for (const error of again) {
      expect(error).toMatchObject({ code: "rate_limited", message: expect.stringMatching(/\w+\.$/) });
      expect(error.retryAfter).toBeGreaterThan(last - 1000);
      expect(error.retryAfter).toBeLessThanOrEqual(61_000);
      last = Number(error.retryAfter);
    }
    expect(again.at(-2)?.id).toBe("too-much");
    expect(last).toBeGreaterThan(0);
    other.send({ type: "publish", id: "mine", data: 1 });
    expect(await seqs(other, passed + 1)).toEqual(Array.from({ length: passed + 1 }, (_, i) => i + 1));
    const [row] = await service.sql(room, "SELECT max(last) AS last FROM dormouse_segments");
    expect(row).toEqual({ last: passed + 1 });
    for (const { ws } of [socket, other]) ws.terminate();
  });

  /** How much an empty bucket may have refilled since then, plus one for a frame in flight. */
  const refilled = (since: number) => Math.ceil((Date.now() - since) / 1000) + 1;

  test("[LIM-8] keeps the rate over a reconnect with the same token or another guest key", async () => {
    const guest = async (room: string) => {
      const socket = await TestSocket.open(service.room(room), [V1, `bearer.${randomUUID()}`]);
      await socket.until("welcome");
      return socket;
    };
    for (const enter of [(room: string) => join(service, room), guest]) {
      const room = randomUUID();
      const first = await enter(room);
      const since = Date.now();
      expect((await drain(first, "a")).passed).toBeGreaterThanOrEqual(BURST);
      first.ws.close(1000);
      await first.closed();
      const second = await enter(room);
      expect((await drain(second, "b")).passed).toBeLessThanOrEqual(refilled(since));
      second.ws.terminate();
    }
  });

  test("[LIM-8] keeps the rate over hibernation", async () => {
    const room = randomUUID();
    const socket = await join(service, room);
    const since = Date.now();
    expect((await drain(socket, "a")).passed).toBeGreaterThanOrEqual(BURST);
    await service.evict(room);
    expect((await drain(socket, "b")).passed).toBeLessThanOrEqual(refilled(since));
    socket.ws.terminate();
  });

  test("[LIM-8] keeps the rate over a reconnect after hibernation", async () => {
    const room = randomUUID();
    const first = await join(service, room);
    const since = Date.now();
    expect((await drain(first, "a")).passed).toBeGreaterThanOrEqual(BURST);
    first.ws.close(1000);
    await first.closed();
    await service.evict(room);
    const second = await join(service, room);
    expect((await drain(second, "b")).passed).toBeLessThanOrEqual(refilled(since));
    second.ws.terminate();
  });

  test("[LIM-8] charges a frame by its length, before it is parsed", async () => {
    const room = randomUUID();
    const socket = await join(service, room);
    await drain(socket, "a");
    // Invalid JSON: the frame is refused before it is parsed.
    const frame = `{"type":"publish","id":"long","data":${"[{},".repeat(160_000)}`;
    socket.send(frame);
    expect(await socket.until("error")).toMatchObject({ code: "rate_limited", id: "long" });
    const weight = 1 + Math.floor(frame.length / (64 * 1024));
    for (let i = 0; i < MAX_REFUSED / weight; i++) socket.send(frame);
    expect((await socket.closed()).closed).toBe(4008);
  });

  test("[LIM-8] closes a plain socket with 4008 at the first frame over the rate, and refuses its reconnects for a while", async () => {
    const room = randomUUID();
    const mallory = bearer(token({ sub: "mallory" }));
    const plain = await TestSocket.open(service.room(room), undefined, mallory.headers);
    for (let i = 0; i <= BURST + 5; i++) plain.send(`${i}`);
    const { closed, reason } = await plain.closed();
    expect([closed, reason]).toEqual([4008, expect.stringMatching(/at most 1 per second/)]);
    const refused = await rawRequest(service.url, `/v1/rooms/${room}`, { upgrade: true, ...mallory });
    expect(codeOf(refused)).toBe("rate_limited");
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(10);
  });
});

/** The seqs of the next messages. */
async function seqs(socket: TestSocket, count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const { first, messages } = await socket.until("messages");
    if (Array.isArray(messages)) found.push(...messages.map((_, i) => Number(first) + i));
  }
  return found;
}

describe("floods", () => {
  const big = "x".repeat(1000);
  const bad = token({ sub: "bob" });
  const FLOODS: [what: string, count: number, frame: (i: number) => object | Buffer][] = [
    ["messages", FLOOD_OF_MESSAGES, (i) => ({ type: "publish", id: `${i}`, data: i })],
    ["history requests", FLOOD_OF_OTHERS, () => ({ type: "history", id: "h", limit: 1000 })],
    ["tokens", FLOOD_OF_OTHERS, () => ({ type: "auth", token: bad })],
    ["invalid binary frames", FLOOD_OF_OTHERS, () => Buffer.from("no message")],
    ["large acknowledgements", FLOOD_OF_OTHERS, (i) => ({ type: "received", seq: i, padding: big })],
  ];

  test.each(FLOODS)(
    "[LIM-8] closes a flooding socket with 4008, and the others miss no message: %s (%i)",
    async (_what, count, frame) => {
      const room = randomUUID();
      const [flooder, quiet, speaker] = await Promise.all(
        ["mallory", "quiet", "speaker"].map((sub) => join(service, room, { sub })),
      );
      if (flooder === undefined || quiet === undefined || speaker === undefined)
        throw new Error("A member did not join.");
      const spoken: string[] = [];
      for (let i = 0; i < count; i++) {
        flooder.send(frame(i));
        if (i % (count / 20) !== 0) continue;
        spoken.push(`said-${i}`);
        speaker.send({ type: "publish", id: `said-${i}`, data: i });
        await new Promise((resolve) => setImmediate(resolve));
      }
      const heard: string[] = [];
      let next = 1;
      while (heard.length < spoken.length) {
        const { first, messages } = await quiet.until("messages");
        expect(first).toBe(next);
        const ids = Array.isArray(messages) ? messages.map(({ id }) => String(id)) : [];
        next += ids.length;
        heard.push(...ids.filter((id) => id.startsWith("said-")));
      }
      expect(heard).toEqual(spoken);
      expect((await flooder.closed()).closed).toBe(4008);
      expect(flooder.seen).toContainEqual({
        text: expect.stringMatching(/"type":"bye","code":"rate_abused","retry":"later","after":10000/),
      });
      const refused = flooder.seen.filter(
        (arrived) => "text" in arrived && arrived.text.includes("rate_limited"),
      );
      expect(refused.length).toBeLessThan(MAX_REFUSED + BURST);
      // Only the burst of the flood, and what the bucket refilled meanwhile, is stored.
      const [row] = await service.sql(room, "SELECT max(last) AS last FROM dormouse_segments");
      expect(Number(row?.last)).toBeLessThan(spoken.length + 2 * BURST);
      for (const { ws } of [quiet, speaker]) ws.terminate();
    },
  );
});

test("[ACC-1] [LIM-8] the logs hold no error for a refused request, and no secret", () => {
  expectCleanLogs(service);
});
