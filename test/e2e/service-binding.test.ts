import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestHarness, type TestHarness } from "wrangler";

let harness: TestHarness;
let url: string;
beforeAll(async () => {
  const common = {
    compatibility_date: "2026-11-02",
    compatibility_flags: ["no_web_socket_compression"],
  };
  harness = createTestHarness({
    workers: [
      {
        config: {
          ...common,
          name: "caller",
          main: resolve("test/e2e/service-binding/caller.ts"),
          services: [{ binding: "REALTIME", service: "rooms", entrypoint: "Realtime" }],
        },
      },
      {
        config: {
          ...common,
          name: "rooms",
          main: resolve("test/e2e/service-binding/rooms.ts"),
          durable_objects: { bindings: [{ name: "ROOMS", class_name: "Rooms" }] },
          migrations: [{ tag: "v1", new_sqlite_classes: ["Rooms"] }],
        },
      },
    ],
  });
  url = (await harness.listen()).url.origin;
}, 60_000);
afterAll(() => harness?.close());

/** The result of a call of another Worker, or its error. */
async function call(method: string, ...args: unknown[]) {
  const response = await fetch(url, { method: "POST", body: JSON.stringify({ method, args }) });
  return (await response.json()) as { value?: unknown; error?: { code?: string; message: string } };
}

describe("the entrypoint of a deployment, called by another Worker through a service binding", () => {
  test("[API-44] has the calls of a room, without HTTP and without a token", async () => {
    const room = crypto.randomUUID();
    expect(
      await call("publish", room, { text: "hello" }, { id: "a", from: "bot", name: "Bot" }),
    ).toMatchObject({
      value: { id: "a", seq: 1, dup: false },
    });
    expect(await call("publish", room, "again", { id: "a", from: "bot" })).toMatchObject({
      value: { seq: 1, dup: true },
    });
    expect(await call("publishMany", room, [{ data: 2 }, { data: 3 }])).toMatchObject({
      value: [{ seq: 2 }, { seq: 3 }],
    });
    await call("publish", room, { unusual: "bytes" });
    expect(await call("history", room, { after: 0, limit: 2 })).toMatchObject({
      value: {
        messages: [
          { seq: 1, from: "bot", name: "Bot", data: { text: "hello" } },
          { seq: 2, data: 2 },
        ],
        more: true,
      },
    });
    expect(await call("history", room, { after: 3 })).toMatchObject({
      value: { messages: [{ seq: 4, bytes: { 0: 1, 1: 2, 2: 3 } }] },
    });
    expect(await call("signal", room, { typing: true })).toEqual({ value: null });
    expect(await call("members", room)).toEqual({ value: { members: [], count: 0 } });
    expect(await call("info", room)).toMatchObject({ value: { seq: 4, count: 0 } });
    const { value: id } = await call("schedule", room, Date.now() + 60_000, { remind: 1 });
    expect(await call("cancelSchedule", room, id)).toEqual({ value: true });
    for (const [method, ...rest] of [["kick", "eve"], ["ban", "eve", 60], ["unban", "eve"], ["erase"]])
      expect(await call(`${method}`, room, ...rest)).toEqual({ value: null });
    expect(await call("info", room)).toMatchObject({ value: { seq: 0 } });
  });

  test("[API-44] refuses with the code and the words that tell what to do", async () => {
    const room = crypto.randomUUID();
    for (const [args, code] of [
      [["publish", "a/b", 1], "invalid_room"],
      [["publish", "", 1], "invalid_room"],
      [["publish", 7, 1], "invalid_room"],
      [["publish", room, { unusual: "circle" }], "invalid_event"],
      [["publish", room, { unusual: "bigint" }], "invalid_event"],
      [["publish", room, 1, { id: "" }], "invalid_event"],
      [["publish", room, "x".repeat(1001)], "too_big"],
      [["publishMany", room, "text"], "invalid_event"],
      [["publishMany", room, [null]], "invalid_event"],
      [["signal", room, { unusual: "circle" }], "invalid_event"],
      [["history", room, { limit: 0 }], "invalid_query"],
      [["ban", room, "eve", -1], "invalid_query"],
      [["schedule", room, "soon"], "invalid_event"],
    ] as [[string, ...unknown[]], string][]) {
      const { error } = await call(...args);
      expect([args, error?.code]).toEqual([args, code]);
      expect(error?.message).toMatch(/\w{3}.*\.$/);
    }
    expect(await call("info", room)).toMatchObject({ value: { seq: 0 } });
  });

  test("[API-44] has no other calls, and lets nobody in over HTTP", async () => {
    for (const method of ["roomOf", "dormouseCall", "constructor", "fetch"]) {
      const { value, error } = await call(method, "room");
      expect([method, value ?? null, error === undefined]).toEqual([method, null, false]);
    }
  });
});
