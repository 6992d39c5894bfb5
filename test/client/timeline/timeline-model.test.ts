import { describe, expect, test, vi } from "vitest";
import type { Timeline, TimelineItem } from "../../../src/client/index.ts";
import { expectedFor, Schedule, shownBy } from "./schedule.ts";

const SCHEDULES = 1000;
const SCHEDULES_A_TEST = 100;

/** Pages through a whole timeline, from the newest message to the oldest. */
async function readAll(schedule: Schedule, timeline: Timeline): Promise<TimelineItem[]> {
  const items = new Map<number, TimelineItem>();
  const keep = () => {
    for (const item of timeline.getSnapshot().messages)
      if (item.status === "sent") items.set(item.seq ?? 0, item);
  };
  while (timeline.getSnapshot().hasNewer) await schedule.load(timeline.loadNewer(3));
  keep();
  while (timeline.getSnapshot().hasOlder) {
    await schedule.load(timeline.loadOlder(3));
    keep();
  }
  return [...items.values()].sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
}

async function check(seed: number): Promise<void> {
  vi.useFakeTimers({ now: 1_000_000 });
  const schedule = new Schedule(seed);
  await schedule.run();
  await schedule.heal();
  const log = schedule.server.current();
  for (const { room, member } of schedule.rooms) {
    const expected = expectedFor(log, member);
    const { messages: all, hasNewer } = room.timeline.getSnapshot();
    const messages = all.filter(({ status }) => status === "sent");
    const keys = messages.map(({ key }) => key);
    expect(new Set(keys).size, `seed ${seed}: keys`).toBe(keys.length);
    // The window itself is a part of the log without a hole, up to its end unless the view has moved away from it.
    const shown = shownBy(messages);
    const end = hasNewer
      ? expected.findIndex((one) => seqOf(one) === seqOf(shown.at(-1))) + 1
      : expected.length;
    expect(shown, `seed ${seed}: window of ${member}`).toEqual(expected.slice(end - shown.length, end));
    expect(shownBy(await readAll(schedule, room.timeline)), `seed ${seed}: all of ${member}`).toEqual(
      expected,
    );
    room.leave();
  }
}

const seqOf = (message: unknown) => (message as { seq: number } | undefined)?.seq;

describe("Timeline over random schedules", () => {
  test.each(Array.from({ length: SCHEDULES / SCHEDULES_A_TEST }, (_, i) => i * SCHEDULES_A_TEST))(
    "[VIEW-4] equals a fold of the whole log: 100 schedules from seed %i",
    async (first) => {
      for (let seed = first; seed < first + SCHEDULES_A_TEST; seed++) await check(seed);
    },
  );
});
