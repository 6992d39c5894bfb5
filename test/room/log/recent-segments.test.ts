import { describe, expect, test } from "vitest";
import { RecentSegments } from "../../../src/room/log/recent-segments.ts";
import { textSegment } from "../../../src/room/log/segment.ts";

const MINUTE_MS = 60_000;

/** Segments of one message each, one a second. */
function filled(count: number, data = "x"): RecentSegments {
  const recent = new RecentSegments();
  for (let seq = 1; seq <= count; seq++) recent.add(textSegment(seq, seq * 1000, [JSON.stringify(data)]));
  return recent;
}

const seqsAfter = (recent: RecentSegments, seq: number) => recent.after(seq)?.map(({ first }) => first);

describe("the newest segments in memory", () => {
  test("[OPER-9] are those of two minutes, however many came before", () => {
    const recent = filled(1000);
    expect(seqsAfter(recent, 879)?.at(0)).toBe(880);
    expect(seqsAfter(recent, 997)).toEqual([998, 999, 1000]);
    expect(seqsAfter(recent, 878)).toBeUndefined();
    expect([recent.has(880), recent.has(879)]).toEqual([true, false]);
  });

  test("[OPER-9] are at most 8 MiB", () => {
    const recent = filled(20, "x".repeat(1024 * 1024));
    expect(seqsAfter(recent, 13)).toEqual([14, 15, 16, 17, 18, 19, 20]);
    expect(seqsAfter(recent, 12)).toBeUndefined();
  });

  test("[OPER-9] stay while nothing newer comes", () => {
    const recent = filled(3);
    expect(seqsAfter(recent, 0)).toEqual([1, 2, 3]);
    recent.add(textSegment(4, 60 * MINUTE_MS, ['"x"']));
    expect(seqsAfter(recent, 0)).toBeUndefined();
    expect(seqsAfter(recent, 3)).toEqual([4]);
  });
});
