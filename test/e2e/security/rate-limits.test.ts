import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { token } from "../../support/forge.ts";
import { rawRequest } from "../../support/raw-request.ts";
import { type Service, startService } from "../../support/service.ts";
import { TestSocket } from "../../support/socket.ts";
import { bearer, codeAt, codeOf, expectQuietLog, GUARDED, join, V1 } from "./helpers.ts";

const BURST = 100;
const FLOOD = 10_000;
/** Frames in a row that came too fast before a socket is closed. */
const REFUSED = 1000;
const ENOUGH = 2000;

let service: Service;
beforeAll(async () => {
  // So slow that a test may take some seconds, and so many at once that a full bucket cannot be mistaken.
  service = await startService({
    ...GUARDED,
    AUTH_MODE: "open",
    PUBLISH_RATE: "1",
    PUBLISH_BURST: `${BURST}`,
  });
});
afterAll(() => service.stop());

/** Publishes as many as a full bucket holds, and one more; how many passed, and what the others were told. */
async function drain(socket: TestSocket, what: string) {
  for (let i = 0; i <= BURST; i++) socket.send({ type: "publish", id: `${what}-${i}`, data: i });
  let passed = 0;
  const errors: Record<string, unknown>[] = [];
  while (passed + errors.length <= BURST) {
    const { type, messages, ...rest } = await socket.json(10_000);
    if (type === "error") errors.push(rest);
    else if (Array.isArray(messages)) passed += messages.filter(({ id }) => `${id}`.startsWith(what)).length;
  }
  return { passed, errors };
}

describe("the rate of a session", () => {
  test("[LIM-8] beyond it each frame is told so by its id, and when to come again; the others hear nothing", async () => {
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
    const [row] = await service.sql(room, "SELECT max(last) AS last FROM segments");
    expect(row).toEqual({ last: passed + 1 });
    for (const { ws } of [socket, other]) ws.terminate();
  });

  /** What may have flowed into an empty bucket since, and one for what was under way. */
  const flowed = (since: number) => Math.ceil((Date.now() - since) / 1000) + 1;

  test("[LIM-8] a reconnect gives no more, by the same token nor by a guest's other key", async () => {
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
      expect((await drain(second, "b")).passed).toBeLessThanOrEqual(flowed(since));
      second.ws.terminate();
    }
  });

  test("[LIM-8] sleep gives no more", async () => {
    const room = randomUUID();
    const socket = await join(service, room);
    const since = Date.now();
    expect((await drain(socket, "a")).passed).toBeGreaterThanOrEqual(BURST);
    await service.evict(room);
    expect((await drain(socket, "b")).passed).toBeLessThanOrEqual(flowed(since));
    socket.ws.terminate();
  });

  test("[LIM-8] a reconnect after the room slept gives no more", async () => {
    const room = randomUUID();
    const first = await join(service, room);
    const since = Date.now();
    expect((await drain(first, "a")).passed).toBeGreaterThanOrEqual(BURST);
    first.ws.close(1000);
    await first.closed();
    await service.evict(room);
    const second = await join(service, room);
    expect((await drain(second, "b")).passed).toBeLessThanOrEqual(flowed(since));
    second.ws.terminate();
  });

  test("[LIM-8] a long frame is paid for before it is read, and counts for as much as it is long", async () => {
    const room = randomUUID();
    const socket = await join(service, room);
    await drain(socket, "a");
    // Not even JSON, which nobody looks at.
    const frame = `{"type":"publish","id":"long","data":${"[{},".repeat(160_000)}`;
    socket.send(frame);
    expect(await socket.until("error")).toMatchObject({ code: "rate_limited", id: "long" });
    const weight = 1 + Math.floor(frame.length / (64 * 1024));
    for (let i = 0; i < REFUSED / weight; i++) socket.send(frame);
    expect((await socket.closed(15_000)).closed).toBe(4008);
  });

  test("[LIM-8] a plain socket is closed with 4008 at the first frame too many, and kept out for a while", async () => {
    const room = randomUUID();
    const mallory = bearer(token({ sub: "mallory" }));
    const plain = await TestSocket.open(service.room(room), undefined, mallory.headers);
    for (let i = 0; i <= BURST + 5; i++) plain.send(`${i}`);
    const { closed, reason } = await plain.closed();
    expect([closed, reason]).toEqual([4008, expect.stringMatching(/1 messages a second/)]);
    const door = await rawRequest(service.url, `/v1/rooms/${room}`, { upgrade: true, ...mallory });
    expect(codeOf(door)).toBe("rate_limited");
    expect(Number(door.headers["retry-after"])).toBeGreaterThan(0);
    expect(Number(door.headers["retry-after"])).toBeLessThanOrEqual(10);
  });
});

/** The seqs of the next so many messages. */
async function seqs(socket: TestSocket, count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const { first, messages } = await socket.until("messages", 15_000);
    if (Array.isArray(messages)) found.push(...messages.map((_, i) => Number(first) + i));
  }
  return found;
}

describe("a flood beside a quiet member", () => {
  const big = "x".repeat(1000);
  const bad = token({ sub: "bob" });
  const FLOODS: [what: string, count: number, frame: (i: number) => object | Buffer][] = [
    ["messages", FLOOD, (i) => ({ type: "publish", id: `${i}`, data: i })],
    ["histories", ENOUGH, () => ({ type: "history", id: "h", limit: 1000 })],
    ["tokens", ENOUGH, () => ({ type: "auth", token: bad })],
    ["bytes that are no message", ENOUGH, () => Buffer.from("no message")],
    ["what nobody asked for", ENOUGH, (i) => ({ type: "received", seq: i, padding: big })],
  ];

  test.each(FLOODS)(
    "[LIM-8] of %s (%i) ends with 4008, and the quiet one misses nothing",
    async (_what, count, frame) => {
      const room = randomUUID();
      const [flooder, quiet, speaker] = await Promise.all(
        ["mallory", "quiet", "speaker"].map((sub) => join(service, room, { sub })),
      );
      if (flooder === undefined || quiet === undefined || speaker === undefined)
        throw new Error("Nobody came.");
      const said: string[] = [];
      for (let i = 0; i < count; i++) {
        flooder.send(frame(i));
        if (i % (count / 20) !== 0) continue;
        said.push(`said-${i}`);
        speaker.send({ type: "publish", id: `said-${i}`, data: i });
        await new Promise((resolve) => setImmediate(resolve));
      }
      const heard: string[] = [];
      let next = 1;
      while (heard.length < said.length) {
        const { first, messages } = await quiet.until("messages", 15_000);
        expect(first).toBe(next);
        const ids = Array.isArray(messages) ? messages.map(({ id }) => String(id)) : [];
        next += ids.length;
        heard.push(...ids.filter((id) => id.startsWith("said-")));
      }
      expect(heard).toEqual(said);
      expect((await flooder.closed(15_000)).closed).toBe(4008);
      expect(flooder.seen).toContainEqual({
        text: expect.stringMatching(/"type":"bye","code":"rate_abused","retry":"later","after":10000/),
      });
      const refused = flooder.seen.filter(
        (arrived) => "text" in arrived && arrived.text.includes("rate_limited"),
      );
      expect(refused.length).toBeLessThan(REFUSED + BURST);
      // Nothing of the flood but its burst, and what flowed in meanwhile, is stored.
      const [row] = await service.sql(room, "SELECT max(last) AS last FROM segments");
      expect(Number(row?.last)).toBeLessThan(said.length + 2 * BURST);
      for (const { ws } of [quiet, speaker]) ws.terminate();
    },
  );
});

describe("AUTH_MODE=token with nothing to check tokens with", () => {
  test("[LIM-4] [ACC-4] serves no room, to nobody, and says what is missing", async () => {
    const bare = await startService({ AUTH_MODE: "token" });
    try {
      for (const path of [
        "/v1/rooms/a",
        "/v1/rooms/a/messages",
        "/v1/rooms/%00",
        `/v1/rooms/a?token=${token()}`,
      ]) {
        for (const sent of [{}, { upgrade: true }, bearer(token()), { upgrade: true, ...bearer(token()) }]) {
          expect(await codeAt(bare, path, sent)).toBe("misconfigured");
        }
      }
      const { status, detail } = await (await fetch(`${bare.url}/v1/rooms/a`)).json();
      expect([status, detail]).toEqual([
        500,
        expect.stringMatching(/AUTH_MODE is token.*AUTH_SECRET.*AUTH_JWKS_URL/),
      ]);
      expect(await bare.objects()).toEqual([]);
      expect((await fetch(`${bare.url}/healthz`)).status).toBe(200);
    } finally {
      await bare.stop();
    }
  });
});

test("[ACC-1] [LIM-8] nothing of all this is in the log of the runtime", () => {
  expectQuietLog(service);
});
