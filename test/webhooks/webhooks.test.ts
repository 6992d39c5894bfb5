import { afterEach, expect, test, vi } from "vitest";
import { RoomLog } from "../../src/room/log/log.ts";
import { WEBHOOK_EVENTS } from "../../src/settings/webhook.ts";
import { waitOf } from "../../src/webhooks/deliver.ts";
import { MembershipEvents } from "../../src/webhooks/membership-events.ts";
import { WebhookQueue } from "../../src/webhooks/queue.ts";
import { Webhooks } from "../../src/webhooks/webhooks.ts";
import { inside } from "../room/inside.ts";
import { RETENTION, segment } from "../room/log/in-object.ts";
import { presenceOf } from "../room/parts.ts";
import { freshRoom } from "../room/room-client.ts";

afterEach(() => void vi.restoreAllMocks());

const event = (i: number) => ({
  id: `${i}`,
  at: i,
  type: "member.joined" as const,
  member: `m${i}`,
  name: "M",
});

test("[HOOK-4] what waits is bounded: the oldest goes, and is counted", async () => {
  await inside(freshRoom(), ({ state }) => {
    const outgoing = new WebhookQueue(state.storage);
    let dropped = 0;
    for (let i = 0; i < 1100; i++)
      dropped += outgoing.add([{ seq: 0, events: [event(i), event(i)] }], new Map([[`m${i}`, "M"]]), []);
    expect(dropped).toBe(200);
    expect(state.storage.sql.exec("SELECT count(*) AS n, min(id) AS first FROM outgoing").one()).toEqual({
      n: 1000,
      first: 101,
    });
    const again = new WebhookQueue(state.storage);
    expect([again.members.size, again.isWaiting, again.rows(2).map(({ id }) => id)]).toEqual([
      1100,
      true,
      [101, 102],
    ]);
    const log = { epoch: "e", last: 0, isStored: true };
    again.settle(1100, { epoch: "e", seq: 7, failures: 0, next: 0, dropped: 0, batch: null });
    expect([again.isWaiting, new WebhookQueue(state.storage).state(log).seq]).toEqual([false, 7]);
  });
});

/** What writes down who comes and goes, in a room without sockets; `dropped`: what it said that was lost. */
function comingsIn(object: DurableObjectState, outgoing: WebhookQueue) {
  const { presence } = presenceOf(object, 200);
  const log = new RoomLog(object.storage, RETENTION, "room");
  const dropped: number[] = [];
  const comings = new MembershipEvents({ presence, outgoing, log, isWanted: () => true }, (lost) =>
    dropped.push(lost),
  );
  return { comings, dropped };
}

const crowd = (count: number) => new Map(Array.from({ length: count }, (_, i) => [`m${i}`, "M"]));

test("[HOOK-4] a crowd that goes at once is many rows, each far from what a row may weigh", async () => {
  await inside(freshRoom(), ({ state }) => {
    const outgoing = new WebhookQueue(state.storage);
    outgoing.add([], crowd(1000), []);
    const { comings, dropped } = comingsIn(state, outgoing);
    for (const member of crowd(1000).keys()) comings.moved(member);
    comings.now();
    const sizes = outgoing.rows(100).map(({ events }) => events.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1001);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(51);
    expect(dropped.reduce((sum, each) => sum + each, 0)).toBe(0);
  });
});

test("[HOOK-4] who went and could not be written down is dropped, counted, and in nobody's way", async () => {
  const faults = vi.spyOn(console, "error").mockImplementation(() => {});
  await inside(freshRoom(), ({ state }) => {
    const outgoing = new WebhookQueue(state.storage);
    outgoing.add([], crowd(3), []);
    const { comings, dropped } = comingsIn(state, outgoing);
    state.storage.sql.exec("ALTER TABLE outgoing_members RENAME TO elsewhere");
    comings.moved("m0");
    comings.now();
    expect([dropped, outgoing.isWaiting]).toEqual([[1], false]);
    state.storage.sql.exec("ALTER TABLE elsewhere RENAME TO outgoing_members");
    comings.moved("m1");
    comings.now();
    expect(outgoing.rows(9).flatMap(({ events }) => events)).toMatchObject([{ member: "m1" }]);
  });
  expect(faults).toHaveBeenCalledOnce();
});

test("[HOOK-1] a log that was erased while no webhook was told is told from its first message on", async () => {
  await inside(freshRoom(), ({ state: object }) => {
    const log = new RoomLog(object.storage, RETENTION, "room");
    const batch = { id: "msg_1", row: 1, seq: 9, events: 1, dropped: 0, tooBig: 0 };
    const state = { seq: 8, failures: 2, next: 77, dropped: 3, batch };
    const first = new WebhookQueue(object.storage);
    first.add([{ seq: 8, events: [event(1)] }], new Map(), []);
    // As it was written before states had an epoch.
    object.storage.sql.exec("INSERT INTO outgoing_state VALUES (1, ?)", JSON.stringify(state));
    expect(first.state(log)).toEqual({ ...state, epoch: log.epoch });
    log.erase();
    for (const outgoing of [new WebhookQueue(object.storage), new WebhookQueue(object.storage)]) {
      expect(outgoing.state(log)).toEqual({ ...state, epoch: log.epoch, seq: 0, batch: null });
      expect(outgoing.rows(9).map(({ seq }) => seq)).toEqual([0]);
    }
  });
});

test.each([
  ["120", 120_000],
  ["Fri, 15 Jan 2027 08:01:00 GMT", 60_000],
  ["Fri, 15 Jan 2027 07:00:00 GMT", 0],
  ["soon", 0],
  ["-5", 0],
  [null, 0],
])("[HOOK-4] Retry-After of %j is waited for", (header, wait) => {
  expect(waitOf(header, Date.UTC(2027, 0, 15, 8))).toBe(wait);
});

test("[HOOK-4] a receiver that is not there for hours is asked less and less often, and told all once it is", async () => {
  await inside(freshRoom(), async ({ state: object }) => {
    const log = new RoomLog(object.storage, RETENTION, "room");
    const { presence } = presenceOf(object, 200);
    const outgoing = new WebhookQueue(object.storage);
    // Nobody listens there.
    const webhook = {
      url: "http://127.0.0.1:1/",
      secret: "0123456789abcdef",
      events: new Set(WEBHOOK_EVENTS),
    };
    let work: Promise<void> | undefined;
    const keep = (promise: Promise<void>) => {
      work = promise;
    };
    const idle = { keep, stirred: () => {}, ended: () => {} };
    const parts = { webhook, room: () => "r", log, presence, outgoing, graceMs: 0, ...idle };
    const webhooks = new Webhooks(parts);
    log.append([{ segment: segment(1, ["kept"], Date.now()), ids: ["1"] }]);
    const clock = vi.spyOn(Date, "now");
    const waits: number[] = [];
    let now = Date.now();
    for (let i = 0; i < 14; i++) {
      clock.mockReturnValue(now);
      webhooks.run(now);
      await work;
      const due = webhooks.nextRunAt() ?? 0;
      waits.push(due - now);
      // Too early, nothing is tried.
      work = undefined;
      webhooks.run(due - 1);
      expect(work).toBeUndefined();
      now = due;
    }
    waits.forEach((wait, i) => {
      const usual = Math.min(3_600_000, 5000 * 2 ** i);
      expect(wait).toBeGreaterThanOrEqual(usual);
      expect(wait).toBeLessThanOrEqual(usual * 1.25);
    });
    // Another life of the object knows when to try again.
    const after = new Webhooks({ ...parts, outgoing: new WebhookQueue(object.storage) });
    expect(after.nextRunAt()).toBe(now);
    expect(outgoing.state(log)).toMatchObject({ failures: 14, seq: 0, batch: { seq: 1 } });
  });
});
