import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { type Retention, RoomLog } from "../../../src/room/log/log.ts";
import { textSegment } from "../../../src/room/log/segment.ts";
import { infoOf, inside } from "../inside.ts";
import { freshRoom, join } from "../room-client.ts";
import { pageBefore } from "./in-object.ts";

const DAY_MS = 86_400_000;

/** A log of ten segments of three messages each, a day apart. */
function withLog(
  retention: Partial<Retention>,
  callback: (log: RoomLog, reopen: (other?: Partial<Retention>) => RoomLog) => void,
): Promise<void> {
  return runInDurableObject(env.ROOMS.getByName(freshRoom()), (_, { storage }) => {
    const reopen = (other: Partial<Retention> = {}) =>
      new RoomLog(
        storage,
        { messages: 1000, bytes: 1e9, days: 1000, dedupe: 1000, ...retention, ...other },
        "room",
      );
    const log = reopen();
    for (let i = 0; i < 10; i++) {
      const ids = [0, 1, 2].map((j) => `m${3 * i + j + 1}`);
      const messages = ids.map((id) => JSON.stringify({ id, from: "f", name: "n", data: id }));
      log.append([{ segment: textSegment(3 * i + 1, i * DAY_MS, messages), ids }]);
    }
    callback(log, reopen);
  });
}

/** A log of segments with so many messages each, of so many characters, all with the same time. */
function withCrowdedLog(
  retention: Partial<Retention>,
  [segments, messages, chars]: readonly [segments: number, messages: number, chars: number],
  callback: (log: RoomLog) => void,
): Promise<void> {
  return runInDurableObject(env.ROOMS.getByName(freshRoom()), (_, { storage }) => {
    const usual = { messages: 1e6, bytes: 1e9, days: 1, dedupe: 0 };
    const log = new RoomLog(storage, { ...usual, ...retention }, "room");
    for (let i = 0; i < segments; i++) {
      const texts = Array.from({ length: messages }, () => JSON.stringify({ data: "x".repeat(chars) }));
      log.append([{ segment: textSegment(i * messages + 1, DAY_MS, texts), ids: [] }]);
    }
    callback(log);
  });
}

const firsts = (log: RoomLog) => [...log.after(log.floor)].map(({ first }) => first);

describe("retention", () => {
  test("[RES-6] removes whole segments by count, and keeps at least that many messages", async () => {
    await withLog({ messages: 10 }, (log, reopen) => {
      expect(log.trimDue()).toBe(0);
      log.trim(0);
      // Ten messages are kept, and two more in the segment of the oldest.
      expect(log.floor).toBe(18);
      expect(firsts(log)).toEqual([19, 22, 25, 28]);
      expect(reopen()).toMatchObject({ floor: 18, last: 30 });
    });
  });

  test("[RES-6] is due once the count is exceeded by a tenth", async () => {
    await withLog({ messages: 27 }, (log) => expect(log.trimDue()).toBe(0));
    await withLog({ messages: 28 }, (log) => expect(log.trimDue()).toBeGreaterThan(0));
  });

  test("[RES-6] removes a segment at its age, and not before", async () => {
    await withLog({ days: 3 }, (log) => {
      expect(log.trimDue()).toBe(3 * DAY_MS);
      log.trim(3 * DAY_MS - 1);
      expect(log.floor).toBe(0);
      log.trim(3 * DAY_MS);
      expect(log.floor).toBe(3);
      expect(log.trimDue()).toBe(4 * DAY_MS);
    });
  });

  test("[RES-6] keeps the numbering of a log that it has emptied", async () => {
    await withLog({ days: 1 }, (log, reopen) => {
      log.trim(100 * DAY_MS);
      for (const each of [log, reopen()]) {
        expect(each).toMatchObject({ floor: 30, last: 30 });
        expect(each.trimDue()).toBeUndefined();
        expect(pageBefore(each, 31, 10)).toEqual({ messages: [], more: false });
        expect(each.pages.after(0, 10)).toMatchObject({ messages: [], more: false });
      }
      log.append([{ segment: textSegment(31, 0, ["null"]), ids: ["m31"] }]);
      expect(log.last).toBe(31);
    });
  });

  test("[RES-6] runs by the alarm; a cursor at the floor resumes, and one below it does not", async () => {
    const room = freshRoom();
    const ada = await join(room);
    for (const id of ["old", "new"]) {
      ada.publish(id, id);
      await ada.message();
    }
    await inside(room, ({ sql }) =>
      sql.exec("UPDATE dormouse_segments SET at = 0 WHERE first = 1").toArray(),
    );
    // The room reads the age when it wakes, by the alarm that the first message set.
    await evictDurableObject(env.ROOMS.getByName(room));
    expect(await runDurableObjectAlarm(env.ROOMS.getByName(room))).toBe(true);
    expect(await infoOf(room)).toMatchObject({ seq: 2, floor: 1 });
    const below = await join(room, `?cursor=${ada.welcome.epoch}.0`);
    expect(below.welcome).toMatchObject({ resumed: false, reason: "trimmed", seq: 2 });
    await below.expectQuiet();
    const at = await join(room, `?cursor=${ada.welcome.epoch}.1`);
    expect(at.welcome).toMatchObject({ resumed: true });
    expect(await at.message()).toMatchObject({ seq: 2, id: "new" });
  });

  test("[RES-7] leaves pages of any size without a gap or a repeat, forwards and backwards", async () => {
    await withLog({}, (log) => {
      const all = Array.from({ length: 30 }, (_, i) => i + 1);
      for (const limit of [1, 2, 3, 4, 7, 29, 30, 31]) {
        const back: number[] = [];
        for (let before = 31, more = true; more; ) {
          const page = pageBefore(log, before, limit);
          back.unshift(...page.messages.map(({ seq }) => seq));
          before = back[0] ?? 0;
          more = page.more;
        }
        const forth: number[] = [];
        for (let after = 0, more = true; more; ) {
          const page = log.pages.after(after, limit);
          forth.push(...page.messages.map(({ seq }) => seq));
          after = forth.at(-1) ?? 0;
          more = page.more;
        }
        expect(back).toEqual(all);
        expect(forth).toEqual(all);
      }
    });
  });

  test("[RES-6] [SLEEP-1] is not due for a segment that must stay whole, so that a quiet room hibernates", async () => {
    await withLog({ messages: 2 }, (log) => {
      log.trim(0);
      // The last segment holds three messages, and two of them are to be kept.
      expect(log).toMatchObject({ floor: 27, last: 30 });
      expect(log.trimDue()).toBeGreaterThan(0);
    });
  });

  test("[LIM-28] [RES-6] removes whole segments by bytes until the rest is within the bound", async () => {
    await withLog({}, (log, reopen) => {
      // In the last seven of the ten segments, each id and each datum has one more digit.
      const all = log.bytesAfter(0);
      const newest = log.bytesAfter(27);
      expect(newest).toBeGreaterThan(0);
      expect(all).toBeGreaterThan(9 * newest - 100);
      const bound = reopen({ bytes: 3 * newest });
      expect(bound.trimDue()).toBe(0);
      bound.trim(0);
      expect(bound.bytesAfter(0)).toBe(3 * newest);
      expect(firsts(bound)).toEqual([22, 25, 28]);
      expect(bound).toMatchObject({ floor: 21, last: 30 });
      expect(bound.trimDue()).toBeGreaterThan(0);
      expect(reopen({ bytes: 3 * newest }).bytesAfter(0)).toBe(3 * newest);
    });
  });

  test("[LIM-28] is due once the bytes are exceeded by a tenth, and keeps the newest segment", async () => {
    await withLog({}, (log, reopen) => {
      const all = log.bytesAfter(0);
      expect(reopen({ bytes: Math.ceil(all / 1.1) }).trimDue()).toBeGreaterThan(0);
      expect(reopen({ bytes: Math.floor(all / 1.1) - 1 }).trimDue()).toBe(0);
      const tiny = reopen({ bytes: 1 });
      tiny.trim(0);
      expect(firsts(tiny)).toEqual([28]);
      expect(tiny.trimDue()).toBeGreaterThan(0);
    });
  });
});

describe("undelivered messages", () => {
  test("[HOOK-10] are kept up to 10,000 beyond the count, and no more", async () => {
    await withCrowdedLog({ messages: 100 }, [109, 100, 1], (log) => {
      const now = DAY_MS;
      // Delivered messages are removed by the retention alone.
      log.trim(now, 300);
      expect(log.floor).toBe(800);
      log.trim(now, 1000);
      expect([log.floor, log.trimDue(1000)]).toEqual([1000, expect.any(Number)]);
      expect(log.trimDue(1000)).toBeGreaterThan(now);
      expect(log.trimDue(10_900)).toBe(0);
      log.trim(now, 10_900);
      expect(log.floor).toBe(10_800);
    });
  });

  test("[HOOK-10] are kept up to 16 MiB beyond the bytes, and no more", async () => {
    await withCrowdedLog({ bytes: 1024 * 1024 }, [18, 1, 1024 * 1024], (log) => {
      log.trim(DAY_MS, 0);
      // The rest, with its frames, is just below 17 MiB.
      expect([log.floor, log.bytesAfter(0) < 17 * 1024 * 1024]).toEqual([2, true]);
      expect(log.trimDue(0)).toBeGreaterThan(DAY_MS);
      expect(log.trimDue(17)).toBe(0);
      log.trim(DAY_MS, undefined);
      expect(log.floor).toBe(17);
    });
  });

  test("[HOOK-10] are kept for up to an hour beyond the age, and no longer", async () => {
    await withCrowdedLog({}, [2, 1, 1], (log) => {
      const end = 2 * DAY_MS;
      expect([log.trimDue(2), log.trimDue(0)]).toEqual([end, end + 3_600_000]);
      log.trim(end, 1);
      expect(log.floor).toBe(1);
      log.trim(end + 3_600_000 - 1, 1);
      expect(log.floor).toBe(1);
      log.trim(end + 3_600_000, 1);
      expect(log.floor).toBe(2);
    });
  });
});
