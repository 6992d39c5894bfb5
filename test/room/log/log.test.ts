import { abortAllDurableObjects } from "cloudflare:test";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RoomLog } from "../../../src/room/log/log.ts";
import { binarySegment } from "../../../src/room/log/segment.ts";
import { AWKWARD, entries, RETENTION, segment, withLog } from "./in-object.ts";

afterEach(() => void vi.restoreAllMocks());

test("a new log is empty, and has an epoch of its own", async () => {
  const [one, two] = await Promise.all([withLog(standing), withLog(standing)]);
  expect(one).toEqual({ epoch: expect.stringMatching(/^[0-9a-f]{16}$/), last: 0, floor: 0 });
  expect(one.epoch).not.toBe(two.epoch);
});

test("the epoch and the position are the same for who opens the log again, also after a crash", async () => {
  const name = crypto.randomUUID();
  const before = await withLog(({ log }) => {
    log.append(entries(segment(1, ["a", "b"]), segment(3, ["c"])));
    return standing({ log });
  }, name);
  expect(before.last).toBe(3);
  expect(await withLog(standing, name)).toEqual(before);
  await abortAllDurableObjects();
  expect(await withLog(standing, name)).toEqual(before);
});

test("a log does not open tables of a later version", async () => {
  await withLog(({ log, storage }) => {
    log.storeEpoch();
    storage.sql.exec("UPDATE meta SET value = 3 WHERE key = 'version'");
    expect(() => new RoomLog(storage, RETENTION, "room").last).toThrow("version 3");
  });
});

describe("append", () => {
  test("stores all segments or none, and knows where it stands then", async () => {
    await withLog(({ log }) => {
      log.append(entries(segment(1, ["a"])));
      // The second takes a place that is taken.
      expect(() => log.append(entries(segment(2, ["b"]), segment(1, ["c"])))).toThrow();
      expect(log.last).toBe(1);
      expect([...log.after(0)].map((each) => each.body)).toEqual([segment(1, ["a"]).body]);
      log.append(entries(segment(2, ["b"]), segment(3, ["c"])));
      expect(log.last).toBe(3);
    });
  });

  test("of nothing is nothing", async () => {
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
    ["all", 0, [first, second, third]],
    ["from the middle of a segment", 1, [first, second, third]],
    ["from the end of a segment", 2, [second, third]],
    ["from the middle of the last", 5, [third]],
    ["from the end", 6, []],
    ["from beyond the end", 7, []],
  ])("gives whole segments: %s", async (_what, seq, bodies) => {
    await withLog(({ log }) => {
      log.append(entries(...three));
      expect([...log.after(seq)].map((each) => each.body)).toEqual(bodies);
    });
  });

  test("of an empty log is nothing", async () => {
    expect(await withLog(({ log }) => [...log.after(0)])).toEqual([]);
  });

  test("can be left off, and the log written to in the meantime", async () => {
    await withLog(({ log }) => {
      log.append(entries(...three));
      for (const each of log.after(0)) {
        if (each.first === 1) log.append(entries(segment(7, ["g"])));
        else break;
      }
      expect([...log.after(5)].map((each) => each.first)).toEqual([4, 7]);
    });
  });

  test("gives binary segments byte by byte as they were stored, in their place", async () => {
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

test("text comes back as it was sent, whatever is in it", async () => {
  const data = ["大厅 🐭", "\u0000\u001f\u2028\ud800", "\\\"'\n", AWKWARD];
  const stored = segment(1, data);
  expect(
    await withLog(({ log }) => {
      log.append(entries(stored));
      return [...log.after(0)].map((each) => each.body);
    }),
  ).toEqual([stored.body]);
});

test("time does not go back in a log, whatever the clock does, nor when the log is opened again", async () => {
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

function standing({ log }: { log: RoomLog }) {
  const { epoch, last, floor } = log;
  return { epoch, last, floor };
}
