import { abortAllDurableObjects } from "cloudflare:test";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RoomLog } from "../../../src/room/log/log.ts";
import { binarySegment } from "../../../src/room/log/segment.ts";
import { AWKWARD, entries, RETENTION, segment, withLog } from "./in-object.ts";

afterEach(() => void vi.restoreAllMocks());

describe("RoomLog", () => {
  test("is empty at first and has its own epoch", async () => {
    const [one, two] = await Promise.all([withLog(positionOf), withLog(positionOf)]);
    expect(one).toEqual({ epoch: expect.stringMatching(/^[0-9a-f]{16}$/), last: 0, floor: 0 });
    expect(one.epoch).not.toBe(two.epoch);
  });

  test("keeps its epoch and its position through a restart and a crash", async () => {
    const name = crypto.randomUUID();
    const before = await withLog(({ log }) => {
      log.append(entries(segment(1, ["a", "b"]), segment(3, ["c"])));
      return positionOf({ log });
    }, name);
    expect(before.last).toBe(3);
    expect(await withLog(positionOf, name)).toEqual(before);
    await abortAllDurableObjects();
    expect(await withLog(positionOf, name)).toEqual(before);
  });

  test("refuses to open tables of a later version", async () => {
    await withLog(({ log, storage }) => {
      log.storeEpoch();
      storage.sql.exec("UPDATE dormouse_meta SET value = 4 WHERE key = 'version'");
      expect(() => new RoomLog(storage, RETENTION, "room").last).toThrow("version 4");
    });
  });

  describe("append", () => {
    test("stores all segments or none", async () => {
      await withLog(({ log }) => {
        log.append(entries(segment(1, ["a"])));
        // The second one has a seq that is taken.
        expect(() => log.append(entries(segment(2, ["b"]), segment(1, ["c"])))).toThrow();
        expect(log.last).toBe(1);
        expect([...log.after(0)].map((each) => each.body)).toEqual([segment(1, ["a"]).body]);
        log.append(entries(segment(2, ["b"]), segment(3, ["c"])));
        expect(log.last).toBe(3);
      });
    });

    test("creates nothing for no segments", async () => {
      await withLog(({ log, storage }) => {
        log.append(entries());
        expect(log.last).toBe(0);
        expect(storage.sql.exec("SELECT * FROM sqlite_master").toArray()).toEqual([]);
      });
    });

    test("[DUR-2] writes one row for a segment, however many messages it holds", async () => {
      await withLog(({ log, storage }) => {
        log.storeEpoch();
        const exec = vi.spyOn(storage.sql, "exec");
        log.append(entries(segment(1, ["a", "b", "c"])));
        expect(exec.mock.results.map(({ value }) => value.rowsWritten)).toEqual([1]);
      });
    });
  });

  describe("after", () => {
    const three = [segment(1, ["a", "b"]), segment(3, ["c"]), segment(4, ["d", "e", "f"])];
    const [first, second, third] = three.map((each) => each.body);

    test.each([
      ["from the start", 0, [first, second, third]],
      ["from the middle of a segment", 1, [first, second, third]],
      ["from the end of a segment", 2, [second, third]],
      ["from the middle of the last", 5, [third]],
      ["from the end", 6, []],
      ["from beyond the end", 7, []],
    ])("returns whole segments %s", async (_what, seq, bodies) => {
      await withLog(({ log }) => {
        log.append(entries(...three));
        expect([...log.after(seq)].map((each) => each.body)).toEqual(bodies);
      });
    });

    test("returns nothing for an empty log", async () => {
      expect(await withLog(({ log }) => [...log.after(0)])).toEqual([]);
    });

    test("allows appends and a break while it is iterated", async () => {
      await withLog(({ log }) => {
        log.append(entries(...three));
        for (const each of log.after(0)) {
          if (each.first === 1) log.append(entries(segment(7, ["g"])));
          else break;
        }
        expect([...log.after(5)].map((each) => each.first)).toEqual([4, 7]);
      });
    });

    test("returns binary segments as they were stored, in order", async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      const stored = binarySegment({ seq: 2, at: 1000, id: "2", from: "guest_a", name: "Ada" }, bytes);
      await withLog(({ log }) => {
        log.append(entries(segment(1, ["a"]), stored, segment(3, ["c"])));
        const [before, binary, after] = [...log.after(0)].map((each) => each.body);
        expect([typeof before, typeof after]).toEqual(["string", "string"]);
        expect(binary).toEqual(stored.body);
      });
    });
  });

  test("returns text exactly as it was appended", async () => {
    const data = ["大厅 🐭", "\u0000\u001f\u2028\ud800", "\\\"'\n", AWKWARD];
    const stored = segment(1, data);
    expect(
      await withLog(({ log }) => {
        log.append(entries(stored));
        return [...log.after(0)].map((each) => each.body);
      }),
    ).toEqual([stored.body]);
  });

  test("gives timestamps that never go back, even if the clock does or the log is opened again", async () => {
    const clock = vi.spyOn(Date, "now");
    await withLog(({ log, storage }) => {
      clock.mockReturnValue(5000);
      expect(log.timestamp()).toBe(5000);
      log.append(entries(segment(1, ["a"], 5000)));
      clock.mockReturnValue(4000);
      expect(log.timestamp()).toBe(5000);
      expect(new RoomLog(storage, RETENTION, "room").timestamp()).toBe(5000);
      clock.mockReturnValue(6000);
      expect(log.timestamp()).toBe(6000);
    });
  });
});

function positionOf({ log }: { log: RoomLog }) {
  const { epoch, last, floor } = log;
  return { epoch, last, floor };
}
