import { describe, expect, test } from "vitest";
import { RoomLog } from "../../../src/room/log/log.ts";
import type { Page } from "../../../src/room/log/pages.ts";
import { binarySegment } from "../../../src/room/log/segment.ts";
import { entries, message, pageBefore, RETENTION, segment, withLog } from "./in-object.ts";

/** Seqs 1 to 6, in segments of two, one and three. */
const SEGMENTS = [segment(1, ["a", "b"]), segment(3, ["c"]), segment(4, ["d", "e", "f"])];
const ALL = ["a", "b", "c", "d", "e", "f"].map((data, i) => message(i + 1, data));

describe("history pages", () => {
  test.each([
    // before, limit, first and last seq of the page, whether there are older messages
    ["the whole log", 7, 6, [1, 6], false],
    ["the whole log for a larger limit", 7, 1000, [1, 6], false],
    ["the newest message", 7, 1, [6, 6], true],
    ["the end of the newest segment", 7, 2, [5, 6], true],
    ["a whole segment alone", 7, 3, [4, 6], true],
    ["a segment and the end of the one before", 7, 4, [3, 6], true],
    ["all but one", 7, 5, [2, 6], true],
    ["the start of a segment and the end of the one before", 6, 2, [4, 5], true],
    ["the middle of a segment", 6, 1, [5, 5], true],
    ["the messages before a segment", 4, 2, [2, 3], true],
    ["the oldest message", 2, 10, [1, 1], false],
    ["the one after the oldest", 3, 1, [2, 2], true],
    ["the newest messages before a seq beyond the end", 100, 2, [5, 6], true],
    ["the newest messages before the largest seq", Number.MAX_SAFE_INTEGER, 2, [5, 6], true],
    ["nothing before the first message", 1, 10, [], false],
    ["nothing before seq 0", 0, 10, [], false],
  ])("hold %s", async (_what, before, limit, [first = 1, last = 0], more) => {
    const page = await withLog(({ log }) => {
      log.append(entries(...SEGMENTS));
      return pageBefore(log, before, limit);
    });
    expect(page).toEqual({ messages: ALL.slice(first - 1, last), more });
  });

  test("cover the whole log one after another, without a gap or a repeat", async () => {
    await withLog(({ log }) => {
      log.append(entries(...SEGMENTS));
      for (let limit = 1; limit <= 7; limit++) {
        const seqs: number[] = [];
        let page = pageBefore(log, 7, limit);
        for (;;) {
          seqs.unshift(...page.messages.map(({ seq }) => seq));
          if (!page.more) break;
          page = pageBefore(log, seqs[0] ?? 0, limit);
        }
        expect(seqs, `limit ${limit}`).toEqual([1, 2, 3, 4, 5, 6]);
      }
    });
  });

  test("are empty in an empty log", async () => {
    expect(await withLog(({ log }) => pageBefore(log, 1, 50))).toEqual({ messages: [], more: false });
  });

  test("hold a binary message in its place, as base64", async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
    const page = await withLog(({ log }) => {
      const header = { seq: 2, at: 1000, id: "2", from: "guest_a", name: "Ada" };
      log.append(entries(segment(1, ["a"]), binarySegment(header, bytes), segment(3, ["c"])));
      return pageBefore(log, 4, 2);
    });
    const [first, second] = page.messages;
    expect(first).toEqual({
      seq: 2,
      at: 1000,
      id: "2",
      from: "guest_a",
      name: "Ada",
      binary: expect.any(String),
    });
    const text = first !== undefined && "binary" in first ? first.binary : "";
    expect(Uint8Array.from(atob(text), (char) => char.charCodeAt(0))).toEqual(bytes);
    expect(second).toEqual(message(3, "c"));
    expect(page.more).toBe(true);
  });

  test("end early if they would be too big, but hold at least one message", async () => {
    const big = "x".repeat(700 * 1024);
    await withLog(({ log }) => {
      log.append(entries(segment(1, [big]), segment(2, [big]), segment(3, ["c"])));
      expect(seqsOf(pageBefore(log, 4, 3))).toEqual({ seqs: [2, 3], more: true });
      expect(seqsOf(pageBefore(log, 2, 3))).toEqual({ seqs: [1], more: false });
    });
  });

  test("report no older messages below the floor", async () => {
    await withLog(({ log, storage }) => {
      log.append(entries(...SEGMENTS));
      storage.sql.exec("DELETE FROM dormouse_segments WHERE last <= 3");
      storage.sql.exec("INSERT INTO dormouse_meta (key, value) VALUES ('floor', 3)");
      const trimmed = new RoomLog(storage, RETENTION, "room");
      expect(trimmed.floor).toBe(3);
      expect(seqsOf(pageBefore(trimmed, 7, 3))).toEqual({ seqs: [4, 5, 6], more: false });
      expect(seqsOf(pageBefore(trimmed, 6, 1))).toEqual({ seqs: [5], more: true });
      expect(seqsOf(pageBefore(trimmed, 4, 1))).toEqual({ seqs: [], more: false });
    });
  });

  test("are numbered on in a log that retention has emptied", async () => {
    await withLog(({ log, storage }) => {
      log.append(entries(...SEGMENTS));
      storage.sql.exec("DELETE FROM dormouse_segments");
      storage.sql.exec("INSERT INTO dormouse_meta (key, value) VALUES ('floor', 6)");
      const { last, floor } = new RoomLog(storage, RETENTION, "room");
      expect({ last, floor }).toEqual({ last: 6, floor: 6 });
    });
  });

  function seqsOf({ messages, more }: Pick<Page, "messages" | "more">) {
    return { seqs: messages.map(({ seq }) => seq), more };
  }
});
