import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RoomCore } from "../../../src/room/room-core.ts";
import { settingsOf } from "../../../src/settings/settings.ts";
import { DOUBLES, type MinutePoint, metricsOf, writeMinute } from "../../../src/telemetry/metrics.ts";
import { inside } from "../inside.ts";
import { freshRoom } from "../room-client.ts";

const MINUTE_MS = 60_000;

afterEach(() => void vi.restoreAllMocks());

type Point = { indexes: string[]; blobs: string[]; doubles: number[] };

/** The columns of a data point by name. */
function columns({ blobs, doubles }: Point): Record<string, unknown> {
  const named = Object.keys(DOUBLES).map((name, i) => [name, doubles[i]]);
  return { room: blobs[0], kind: blobs[1], ...Object.fromEntries(named) };
}

/** A room that writes data points, on a clock of its own. `wake` gives the room of another life of the object. */
async function withMetrics(
  act: (parts: {
    wake: () => RoomCore;
    points: Point[];
    pass: (ms: number) => void;
    name: string;
  }) => Promise<void>,
): Promise<void> {
  const name = freshRoom();
  await inside(name, async ({ state }) => {
    const points: Point[] = [];
    const dataset = { writeDataPoint: (point: Point) => void points.push(point) };
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
    const pass = (ms: number) => void clock.mockReturnValue(Date.now() + ms);
    const wake = () => new RoomCore(state, settingsOf({ ...env }), {}, undefined, undefined, dataset);
    await act({ wake, points, pass, name });
  });
}

describe("RoomMetrics", () => {
  test("[OPER-4] writes one data point for a minute with messages, and none for a minute without", async () => {
    await withMetrics(async ({ wake, points, pass, name }) => {
      const room = wake();
      await room.owner.publishMany([{ data: "a" }, { data: "b" }]);
      room.alarm();
      expect(points).toEqual([]);
      pass(MINUTE_MS);
      room.alarm();
      expect(points.map(columns)).toEqual([
        {
          room: name,
          kind: "minute",
          members: 0,
          sockets: 0,
          messages: 2,
          bytes: expect.any(Number),
          rate: 2 / 60,
          joins: 0,
          leaves: 0,
          refusals: 0,
          closes: 0,
          slow_readers: 0,
          webhook_failures: 0,
          errors: 0,
        },
      ]);
      expect(points[0]?.doubles[3]).toBeGreaterThan(0);
      pass(10 * MINUTE_MS);
      room.alarm();
      expect(points).toHaveLength(1);
    });
  });

  test("[OPER-4] counts each message once, also where the room slept before its alarm rang", async () => {
    await withMetrics(async ({ wake, points, pass }) => {
      for (let life = 0; life < 3; life++) {
        await wake().owner.publish("a");
        pass(MINUTE_MS);
        wake().alarm();
        wake().alarm();
      }
      expect(points.map(columns)).toMatchObject([{ messages: 1 }, { messages: 1 }, { messages: 1 }]);
    });
  });

  test("[OPER-4] begins with the last minute in a room that has messages from before", async () => {
    await withMetrics(async ({ wake, points, pass }) => {
      for (let i = 0; i < 5; i++) await wake().owner.publish(i);
      pass(10 * MINUTE_MS);
      const room = wake();
      await room.owner.publish("now");
      pass(MINUTE_MS);
      room.alarm();
      expect(points.map(columns)).toMatchObject([{ messages: 1 }]);
    });
  });

  test("[OPER-4] sets no alarm in a room without the binding", async () => {
    await inside(freshRoom(), async ({ state }) => {
      const room = new RoomCore(state, settingsOf({ ...env, HISTORY_DAYS: 30 }));
      await room.owner.publish("a");
      const alarm = (await state.storage.getAlarm()) ?? Number.POSITIVE_INFINITY;
      expect(alarm - Date.now()).toBeGreaterThan(2 * MINUTE_MS);
    });
  });
});

const point = (room: string): MinutePoint => ({
  room,
  ...(Object.fromEntries(Object.keys(DOUBLES).map((name, i) => [name, i])) as Record<
    keyof typeof DOUBLES,
    number
  >),
});

describe("writeMinute", () => {
  test("[OPER-4] writes the columns in their order, within the limits of the platform", () => {
    const points: { indexes: string[]; blobs: string[]; doubles: number[] }[] = [];
    const room = "大".repeat(42);
    writeMinute({ writeDataPoint: (each) => void points.push(each) }, point(room));
    expect(points).toEqual([
      { indexes: ["大".repeat(32)], blobs: [room, "minute"], doubles: Object.keys(DOUBLES).map((_, i) => i) },
    ]);
    expect(Object.keys(DOUBLES).length).toBeLessThanOrEqual(20);
  });
});

describe("metricsOf", () => {
  test("[OPER-4] finds no dataset where there is no binding, or one of another kind", () => {
    expect(metricsOf({})).toBeUndefined();
    expect(metricsOf({ METRICS: "a text" })).toBeUndefined();
  });
});
