import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { AlarmScheduler, type AlarmTask } from "../../../src/room/alarm/alarm-scheduler.ts";
import { Replay } from "../../../src/room/delivery/replay.ts";
import { RoomLog } from "../../../src/room/log/log.ts";
import { Presence } from "../../../src/room/presence/presence.ts";
import { ConnectionManager } from "../../../src/room/sessions/connection-manager.ts";
import { Session } from "../../../src/room/sessions/session.ts";
import { inSeconds, sign } from "../../auth/tokens.ts";
import { callsOf, inside } from "../inside.ts";
import { freshRoom, join } from "../room-client.ts";

let faults: MockInstance;
beforeEach(() => {
  faults = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => void vi.restoreAllMocks());

const stub = (room: string) => env.ROOMS.getByName(room);
const alarmOf = (room: string) => inside(room, ({ state }) => state.storage.getAlarm());

/** Lets the time in the runtime be another. */
function at(ms: number): void {
  vi.spyOn(Date, "now").mockReturnValue(ms);
}

function broken(): never {
  throw new Error("broken");
}

/** A task that is due at a time, and keeps when it ran. */
function taskDue(time: () => number | undefined) {
  const ran: number[] = [];
  return { name: "task", ran, nextRunAt: time, run: (now: number) => void ran.push(now) };
}

const BROKEN: [what: string, task: AlarmTask][] = [
  ["run", { name: "faulty", nextRunAt: () => 0, run: broken }],
  ["due", { name: "faulty", nextRunAt: broken, run: () => {} }],
  ["due, with no time", { name: "faulty", nextRunAt: () => Number.NaN, run: () => {} }],
];

test.each(BROKEN)(
  "[SLEEP-10] a task whose %s throws stops no other task, and its name is in the log",
  async (_what, task) => {
    await inside(freshRoom(), async ({ state: { storage } }) => {
      const now = Date.now();
      at(now);
      const later = taskDue(() => now + 50_000);
      const first = taskDue(() => (first.ran.length === 0 ? now : undefined));
      const last = taskDue(() => (last.ran.length === 0 ? now : undefined));
      const alarm = new AlarmScheduler(storage, [first, task, last, later]);
      alarm.run();
      expect([first.ran, last.ran, later.ran]).toEqual([[now], [now], []]);
      expect(await storage.getAlarm()).toBe(now + 1000);
      expect(faults).toHaveBeenCalledWith(expect.stringContaining("The alarm task faulty"));
      // To ask what is due next throws just as little.
      alarm.scheduleEarlier();
      alarm.reschedule();
      expect(await storage.getAlarm()).toBe(now + 1000);
    });
  },
);

test("[SLEEP-10] a task that keeps throwing is tried less and less often, while the others run on time", async () => {
  await inside(freshRoom(), async ({ state: { storage } }) => {
    let isBroken = true;
    let now = Date.now();
    const began = now;
    const tries: number[] = [];
    const faulty: AlarmTask = {
      name: "faulty",
      nextRunAt: () => (isBroken ? 0 : undefined),
      run: (time) => {
        tries.push(time);
        if (isBroken) broken();
      },
    };
    const steady = taskDue(() => Math.max(began, steady.ran.at(-1) ?? 0) + 10_000);
    const waits: number[] = [];
    for (let i = 0; i < 400; i++) {
      // Each time another instance, as after each sleep of a quiet room.
      const alarm = new AlarmScheduler(storage, [faulty, steady]);
      at(now);
      const before = tries.length;
      alarm.run();
      if (tries.length > before) waits.push(now);
      now = (await storage.getAlarm()) ?? expect.fail("There is no alarm.");
    }
    const between = waits.slice(1).map((time, i) => time - (waits[i] ?? 0));
    expect(between.slice(0, 10)).toEqual([...Array.from({ length: 9 }, (_, i) => 1000 * 2 ** i), 300_000]);
    expect(Math.max(...between)).toBe(300_000);
    const rhythm = steady.ran.slice(1).map((time, i) => time - (steady.ran[i] ?? 0));
    expect(new Set(rhythm)).toEqual(new Set([10_000]));

    isBroken = false;
    at(now + 300_000);
    new AlarmScheduler(storage, [faulty]).run();
    expect([...storage.kv.list()]).toEqual([]);
  });
});

test("[SLEEP-10] [ACC-6] a token ends on time in a room that cannot trim its log", async () => {
  vi.spyOn(RoomLog.prototype, "trim").mockImplementation(broken);
  vi.spyOn(RoomLog.prototype, "trimDue").mockReturnValue(0);
  const room = freshRoom();
  const exp = inSeconds(80);
  const ada = await join(room, "", await sign({ exp }));
  for (const time of [exp * 1000 - 60_000, exp * 1000]) {
    await evictDurableObject(stub(room), { webSockets: "hibernate" });
    at(time);
    expect(await runDurableObjectAlarm(stub(room))).toBe(true);
    expect(await alarmOf(room)).toBeGreaterThan(time);
  }
  expect(await ada.frame("error")).toMatchObject({ code: "token_expiring" });
  expect(await ada.frame("bye")).toMatchObject({ code: "token_ended" });
});

test("[SLEEP-10] [ACC-6] a session that cannot be told of its end does not keep others from theirs", async () => {
  const room = freshRoom();
  const exp = inSeconds(80);
  const [ada, bob] = [await sign({ sub: "ada", exp }), await sign({ sub: "bob", exp })];
  await join(room, "", ada);
  const second = await join(room, "", bob);
  const warn = vi.spyOn(Session.prototype, "noteExpiryNotice").mockImplementationOnce(broken);
  at(exp * 1000 - 60_000);
  expect(await runDurableObjectAlarm(stub(room))).toBe(true);
  expect(await second.frame("error")).toMatchObject({ code: "token_expiring" });
  expect(warn).toHaveBeenCalledTimes(2);
  expect(await alarmOf(room)).toBe(exp * 1000 - 59_000);
});

test("[SLEEP-10] a silent session whose leave fails does not keep others from being closed", async () => {
  const room = freshRoom();
  const first = await join(room);
  const second = await join(room);
  vi.spyOn(ConnectionManager.prototype, "remove").mockImplementationOnce(broken);
  at(Date.now() + 91_000);
  expect(await runDurableObjectAlarm(stub(room))).toBe(true);
  for (const each of [first, second]) expect(await each.frame("bye")).toMatchObject({ code: "going_away" });
  expect(await second.closed()).toMatchObject({ closed: 1001 });
});

test("[SLEEP-10] [CLOSE-4] a member who cannot be taken off the list is closed all the same", async () => {
  const room = freshRoom();
  const ada = await join(room, "", await sign({ sub: "ada" }));
  vi.spyOn(Presence.prototype, "onLeave").mockImplementationOnce(broken);
  expect(await callsOf(stub(room)).call("kick", "ada")).toMatchObject({ kicked: 1 });
  expect(await ada.frame("bye")).toMatchObject({ code: "kicked" });
  expect(await ada.closed()).toMatchObject({ closed: 4001 });
});

test("[SLEEP-10] a room that cannot resume a replay after a wake serves its members", async () => {
  const room = freshRoom();
  const ada = await join(room);
  vi.spyOn(Replay.prototype, "run").mockImplementation(broken);
  vi.spyOn(RoomLog.prototype, "trimDue").mockImplementation(broken);
  await evictDurableObject(stub(room), { webSockets: "hibernate" });
  ada.publish("a", "still here");
  expect(await ada.message()).toMatchObject({ data: "still here" });
});
