import { afterEach, describe, expect, test, vi } from "vitest";
import { RoomLog } from "../../src/room/log/log.ts";
import { WEBHOOK_EVENTS, type WebhookEvent } from "../../src/settings/webhook.ts";
import { Telemetry } from "../../src/telemetry/telemetry.ts";
import { WebhookQueue } from "../../src/webhooks/queue.ts";
import { Webhooks } from "../../src/webhooks/webhooks.ts";
import { inside } from "../room/inside.ts";
import { RETENTION, segment } from "../room/log/in-object.ts";
import { presenceOf } from "../room/parts.ts";
import { freshRoom } from "../room/room-client.ts";

afterEach(() => void vi.restoreAllMocks());

const NOTHING = { messages: 0, membershipEvents: 0, bytes: 0 };

/** A room whose receiver answers as `answer` does. `restart` gives the module of another life of the object. */
function setUp(
  object: DurableObjectState,
  answer: () => Promise<Response>,
  events: readonly WebhookEvent[] = WEBHOOK_EVENTS,
) {
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(globalThis, "fetch").mockImplementation(answer);
  const log = new RoomLog(object.storage, RETENTION, "room");
  const queue = new WebhookQueue(object.storage, log);
  const work: Promise<void>[] = [];
  const restart = (again = new WebhookQueue(object.storage, log)) =>
    new Webhooks({
      webhook: { url: "https://receiver.test/", secret: "0123456789abcdef", events: new Set(events) },
      graceMs: 0,
      object: { id: object.id, waitUntil: (promise) => void work.push(promise) },
      log,
      telemetry: new Telemetry("error", () => "room"),
      queue: again,
      presence: presenceOf(object, 200).presence,
      alarm: { scheduleEarlier: () => {}, reschedule: () => {} },
    });
  return { log, queue, work, restart, webhooks: restart(queue) };
}

describe("the state of Webhooks", () => {
  test("[API-62] follows attempts that fail and succeed, over a restart", async () => {
    await inside(freshRoom(), async ({ state: object }) => {
      let answer = async () => new Response("a body", { status: 503 });
      const { log, work, webhooks, restart } = setUp(object, () => answer());
      let now = Date.now();
      const clock = vi.spyOn(Date, "now").mockImplementation(() => now);
      const run = async (module = webhooks) => {
        module.run(now);
        expect(module.state(now)).toMatchObject({ state: "delivering", nextAttemptAt: null });
        await work.pop();
      };
      expect(webhooks.state(now)).toEqual({
        set: true,
        state: "idle",
        lastSuccess: null,
        lastFailure: null,
        failures: 0,
        backlog: NOTHING,
        dropped: 0,
        nextAttemptAt: null,
      });
      log.append([{ segment: segment(1, ["one", "two"], now), ids: ["1", "2"] }]);
      const due = webhooks.state(now);
      expect(due).toMatchObject({ state: "due", failures: 0, nextAttemptAt: now });
      expect(due.backlog).toMatchObject({ messages: 2, membershipEvents: 0 });
      expect(due.backlog.bytes).toBeGreaterThan(20);

      await run();
      const failedAt = now;
      const failing = webhooks.state(now);
      expect(failing).toMatchObject({ state: "failing", failures: 1, lastSuccess: null });
      expect(failing.lastFailure).toEqual({ at: failedAt, status: 503 });
      expect((failing.nextAttemptAt ?? 0) - now).toBeGreaterThanOrEqual(5000);
      expect(JSON.stringify(failing)).not.toContain("a body");
      expect(restart().state(now)).toEqual(failing);

      now = failing.nextAttemptAt ?? 0;
      answer = () => Promise.reject(new TypeError("refused"));
      await run();
      expect(webhooks.state(now)).toMatchObject({
        failures: 2,
        lastFailure: { at: now, code: "unreachable" },
      });

      const lastFailure = { at: now, code: "unreachable" };
      now = webhooks.state(now).nextAttemptAt ?? 0;
      answer = async () => new Response(null, { status: 202 });
      await run();
      const idle = {
        state: "idle",
        failures: 0,
        backlog: NOTHING,
        nextAttemptAt: null,
        lastSuccess: { at: now, status: 202 },
        lastFailure,
      };
      expect(webhooks.state(now)).toMatchObject(idle);
      expect(restart().state(now)).toMatchObject(idle);
      clock.mockRestore();
    });
  });

  test("[API-62] counts membership events and dropped ones, and no messages that the webhook does not receive", async () => {
    await inside(freshRoom(), async ({ state: object }) => {
      const { log, queue, webhooks } = setUp(object, async () => new Response(), ["member.joined"]);
      log.append([{ segment: segment(1, ["unseen"], Date.now()), ids: ["1"] }]);
      expect(webhooks.state(Date.now())).toMatchObject({ state: "idle", backlog: NOTHING });
      const event = (i: number) => ({
        id: `${i}`,
        at: i,
        type: "member.joined" as const,
        member: "m",
        name: "M",
      });
      const rows = [
        { seq: 0, events: [event(1), event(2)] },
        { seq: 0, events: [event(3)] },
      ];
      queue.add(rows, { joined: new Map(), left: [] });
      queue.countDropped(4);
      const bytes = rows.reduce((sum, { events }) => sum + JSON.stringify(events).length, 0);
      expect(webhooks.state(Date.now())).toMatchObject({
        state: "due",
        dropped: 4,
        backlog: { messages: 0, membershipEvents: 3, bytes },
      });
    });
  });

  test("[API-62] keeps the status of a delivery that was too big", async () => {
    await inside(freshRoom(), async ({ state: object }) => {
      const { log, work, webhooks } = setUp(object, async () => new Response(null, { status: 413 }));
      log.append([{ segment: segment(1, ["big"], Date.now()), ids: ["1"] }]);
      webhooks.run(Date.now());
      await work.pop();
      expect(webhooks.state(Date.now())).toMatchObject({ failures: 1, lastFailure: { status: 413 } });
    });
  });
});
