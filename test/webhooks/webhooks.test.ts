import { afterEach, describe, expect, test, vi } from "vitest";
import { RoomLog } from "../../src/room/log/log.ts";
import { WEBHOOK_EVENTS } from "../../src/settings/webhook.ts";
import { Telemetry } from "../../src/telemetry/telemetry.ts";
import { WebhookQueue } from "../../src/webhooks/queue.ts";
import { Webhooks } from "../../src/webhooks/webhooks.ts";
import { inside } from "../room/inside.ts";
import { RETENTION, segment } from "../room/log/in-object.ts";
import { presenceOf } from "../room/parts.ts";
import { freshRoom } from "../room/room-client.ts";

afterEach(() => void vi.restoreAllMocks());

/** A room whose receiver fails. `restart` gives the module of another life of the object. */
function setUp(object: DurableObjectState) {
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null, { status: 503 }));
  const log = new RoomLog(object.storage, RETENTION, "room");
  const work: Promise<void>[] = [];
  const restart = () =>
    new Webhooks({
      webhook: { url: "https://receiver.test/", secret: "0123456789abcdef", events: new Set(WEBHOOK_EVENTS) },
      graceMs: 0,
      object: { id: object.id, waitUntil: (promise) => void work.push(promise) },
      log,
      telemetry: new Telemetry("error", () => "room"),
      queue: new WebhookQueue(object.storage, log),
      presence: presenceOf(object, 200).presence,
      alarm: { scheduleEarlier: () => {}, reschedule: () => {} },
    });
  return { log, work, restart };
}

describe("Webhooks", () => {
  test("[HOOK-4] retries less and less often while the receiver fails, and skips no message", async () => {
    await inside(freshRoom(), async ({ state: object }) => {
      const { log, work, restart } = setUp(object);
      const webhooks = restart();
      log.append([{ segment: segment(1, ["kept"], Date.now()), ids: ["1"] }]);
      const clock = vi.spyOn(Date, "now");
      let now = Date.now();
      for (let failures = 0; failures < 14; failures++) {
        clock.mockReturnValue(now);
        webhooks.run(now);
        await work.pop();
        const due = webhooks.nextRunAt() ?? 0;
        const backoff = Math.min(3_600_000, 5000 * 2 ** failures);
        expect(due - now).toBeGreaterThanOrEqual(backoff);
        expect(due - now).toBeLessThanOrEqual(backoff * 1.25);
        webhooks.run(due - 1);
        expect(work).toEqual([]);
        now = due;
      }
      expect(restart().nextRunAt()).toBe(now);
      const { state } = new WebhookQueue(object.storage, log);
      expect(state).toMatchObject({ failures: 14, seq: 0, batch: { seq: 1 } });
    });
  });

  test("[HOOK-10] asks the log to hold undelivered messages until a delivery has failed", async () => {
    await inside(freshRoom(), async ({ state: object }) => {
      const { log, work, restart } = setUp(object);
      const webhooks = restart();
      log.append([{ segment: segment(1, ["undelivered"], Date.now()), ids: ["1"] }]);
      expect(webhooks.deliveredSeq).toBe(0);
      webhooks.run(Date.now());
      await work.pop();
      expect(new WebhookQueue(object.storage, log).state.failures).toBe(1);
      expect([webhooks.deliveredSeq, restart().deliveredSeq]).toEqual([undefined, undefined]);
    });
  });
});
