import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SECRET } from "../../support/tokens.ts";
import { startWorkerd, type Workerd } from "../../support/workerd/workerd.ts";
import { FaultyService } from "./faulty-service.ts";
import { roomAt, TOKEN } from "./rooms.ts";

let service: Workerd;
let faulty: FaultyService;
beforeAll(async () => {
  service = await startWorkerd({ vars: { AUTH_SECRET: SECRET, PUBLISH_RATE: "0" } });
  faulty = await FaultyService.start(service.url);
});
beforeEach(() => {
  faulty.seen.length = 0;
  faulty.faults.length = 0;
});
afterAll(async () => {
  await faulty?.stop();
  await service?.stop();
});

describe("a remote room of a service that fails", () => {
  const problem = (code: string, more = {}) =>
    JSON.stringify({ type: "about:blank", title: "", status: 0, code, detail: "A sentence.", ...more });

  test.each([
    ["answers 503", [{ answer: 503, body: problem("unavailable") }], false],
    ["answers 502 by a proxy", [{ answer: 502, body: "<html>" }], false],
    [
      "answers 429 with Retry-After",
      [{ answer: 429, headers: { "retry-after": "1" }, body: problem("rate_limited") }],
      false,
    ],
    ["cuts the connection before the write", [{ cut: "before" }], false],
    ["cuts the connection after the write", [{ cut: "after" }], true],
    ["cuts the connection within its answer", [{ cut: "within" }], true],
    [
      "fails in several ways",
      [{ cut: "after" }, { answer: 500, body: problem("internal") }, { cut: "within" }],
      true,
    ],
  ] as const)("[API-32] [ONCE-1] stores one message when the service %s", async (_, faults, dup) => {
    const room = roomAt(faulty.url);
    faulty.faults.push(...faults);
    expect(await room.publish({ text: "once" })).toMatchObject({ seq: 1, dup });
    expect(faulty.seen.length).toBe(faults.length + 1);
    expect(new Set(faulty.seen.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
    expect((await room.history()).messages).toMatchObject([{ seq: 1, data: { text: "once" } }]);
  });

  test("[API-32] [ONCE-1] stores bytes and a batch once when answers are lost", async () => {
    const room = roomAt(faulty.url);
    faulty.faults.push({ cut: "after" }, { cut: "within" });
    await room.publish(new Uint8Array([7]));
    faulty.faults.push({ cut: "after" });
    const receipts = await room.publishMany([{ data: { text: "a" } }, { data: { text: "b" } }]);
    expect(receipts.map(({ seq }) => seq)).toEqual([2, 3]);
    expect((await room.info()).seq).toBe(3);
  });

  test("[API-32] waits as long as the service asks, or fails at once where that is longer than the call may take", async () => {
    const room = roomAt(faulty.url, { timeoutMs: 5000 });
    faulty.faults.push({ answer: 429, body: problem("rate_limited", { retryAfter: 60_000 }) });
    await expect(room.info()).rejects.toMatchObject({
      code: "rate_limited",
      retryAfter: 60_000,
      message: "A sentence.",
    });
    expect(faulty.seen.length).toBe(1);
  });

  test("[API-32] gives up after its attempts, with the last error", async () => {
    const room = roomAt(faulty.url, { attempts: 3 });
    for (let i = 0; i < 3; i++) faulty.faults.push({ answer: 503, body: problem("room_full") });
    await expect(room.publish({ text: "never" })).rejects.toMatchObject({
      name: "DormouseError",
      code: "room_full",
    });
    expect(faulty.seen.length).toBe(3);
    expect((await room.info()).seq).toBe(0);
  });

  test("[API-32] fails with unavailable where nothing answers, within its time", async () => {
    const closed = roomAt("http://127.0.0.1:9", { attempts: 2 });
    await expect(closed.info()).rejects.toMatchObject({ code: "unavailable" });
    const silent = roomAt(service.url, { timeoutMs: 300, fetch: () => new Promise(() => {}) });
    await expect(silent.info()).rejects.toMatchObject({ code: "unavailable" });
    const slowToken = roomAt(service.url, { timeoutMs: 300, token: () => new Promise(() => {}) });
    await expect(slowToken.info()).rejects.toMatchObject({ code: "unavailable" });
  });

  test("[API-32] repeats neither a signal nor an erase whose answer is lost, and both after 429", async () => {
    const room = roomAt(faulty.url);
    for (const call of [() => room.signal(1), () => room.erase()]) {
      faulty.seen.length = 0;
      faulty.faults.push({ cut: "after" });
      await expect(call()).rejects.toMatchObject({ code: "unavailable" });
      faulty.faults.push({ answer: 503, body: problem("unavailable") });
      await expect(call()).rejects.toMatchObject({ code: "unavailable" });
      expect(faulty.seen.length).toBe(2);
      faulty.faults.push({ answer: 429, body: problem("rate_limited") });
      await call();
      expect(faulty.seen.length).toBe(4);
    }
  });

  test.each([
    ["400 with a code", { answer: 400, body: problem("invalid_event") }, "invalid_event"],
    [
      "403 with what is missing",
      { answer: 403, body: problem("forbidden", { needs: "publish" }) },
      "forbidden",
    ],
    ["500 misconfigured", { answer: 500, body: problem("misconfigured") }, "misconfigured"],
    ["500 hook_failed", { answer: 500, body: problem("hook_failed") }, "hook_failed"],
    ["a code of a newer service", { answer: 400, body: problem("brand_new") }, "brand_new"],
    ["401 of a proxy", { answer: 401, body: "<html>" }, "invalid_token"],
    ["404 of another program", { answer: 404 }, "not_found"],
    ["a redirect", { answer: 302, headers: { location: "/elsewhere" } }, "not_found"],
    ["200 of another program", { answer: 200, body: "<html>" }, "not_found"],
    ["200 with other JSON", { answer: 200, body: "{}" }, "internal"],
  ] as const)("[API-32] fails at once after %s", async (_, fault, code) => {
    const room = roomAt(faulty.url);
    faulty.faults.push(fault);
    await expect(room.publish({ text: "no" })).rejects.toMatchObject({ name: "DormouseError", code });
    expect(faulty.seen.length).toBe(1);
  });

  test("[API-32] does not take a wrong address for a member who is not here", async () => {
    await expect(roomAt(`${service.url}/elsewhere`).kick("ada")).rejects.toMatchObject({ code: "not_found" });
  });

  test("[API-32] asks a function for the token before each attempt", async () => {
    let asked = 0;
    const room = roomAt(faulty.url, {
      token: async () => {
        asked++;
        return TOKEN;
      },
    });
    faulty.faults.push({ cut: "before" });
    await room.info();
    expect(asked).toBe(2);
    expect(faulty.seen.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${TOKEN}`,
      `Bearer ${TOKEN}`,
    ]);
  });
});
