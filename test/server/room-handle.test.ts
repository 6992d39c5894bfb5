import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RoomHandle } from "../../src/server/index.ts";
import { deployment } from "./deployment.ts";

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

const circle: unknown[] = [];
circle.push(circle);

/** The calls that take data. */
const CALLS: [name: string, call: (room: RoomHandle, data: unknown) => Promise<unknown>][] = [
  ["publish", (room, data) => room.publish(data)],
  ["publishMany", (room, data) => room.publishMany([{ data: 1 }, { data }])],
  ["signal", (room, data) => room.signal(data)],
  ["schedule", (room, data) => room.schedule(Date.now() + 60_000, data)],
];

describe("a room as Worker code reaches it", () => {
  test.each(CALLS)("[API-42] refuses data of %s that is not JSON, and says so", async (_name, call) => {
    const { dormouse, env, room } = deployment();
    const handle = dormouse.room(env, room());
    for (const data of [circle, { n: 1n }, () => 1, Symbol("x")]) {
      const refused = await call(handle, data).catch((error: unknown) => error);
      expect(refused).toMatchObject({
        name: "DormouseError",
        code: "invalid_event",
        message: expect.stringMatching(/must be JSON/),
      });
    }
    expect((await handle.info()).seq).toBe(0);
  });

  test("[API-42] takes what JSON makes of data, and bytes", async () => {
    const { dormouse, env, room } = deployment();
    const handle = dormouse.room(env, room());
    class Point {
      x = 1;
    }
    const since = new Date(0);
    await handle.publish({ point: new Point(), since, none: undefined, call: () => 1 });
    await handle.publish(new Uint8Array([1, 2]));
    await handle.publishMany([{ data: { toJSON: () => "text" } }, { data: new Uint8Array([3]) }]);
    const { messages } = await handle.history();
    expect(messages).toMatchObject([
      { data: { point: { x: 1 }, since: since.toISOString() } },
      { bytes: new Uint8Array([1, 2]) },
      { data: "text" },
      { bytes: new Uint8Array([3]) },
    ]);
  });

  test("[API-42] refuses arguments that cannot be sent or are out of range", async () => {
    const { dormouse, env, room } = deployment();
    const handle = dormouse.room(env, room());
    for (const [call, code] of [
      [() => handle.publish(1, { id: Symbol("x") as never }), "invalid_event"],
      [() => handle.publish(1, { id: "" }), "invalid_event"],
      [() => handle.publish(1, { from: ".." }), "invalid_event"],
      [() => handle.react(1, "+", { from: "a\n" }), "invalid_event"],
      [() => handle.publish(1, { id: 5n as never }), "invalid_event"],
      [() => handle.schedule(Number.NaN), "invalid_event"],
      [() => handle.history({ limit: 0 }), "invalid_query"],
      [() => handle.ban("eve", -1), "invalid_query"],
    ] as [() => Promise<unknown>, string][]) {
      expect(await call().catch((error: unknown) => error)).toMatchObject({ name: "DormouseError", code });
    }
  });
});
