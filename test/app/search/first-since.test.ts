import { describe, expect, test } from "vitest";
import { firstSince } from "../../../src/app/search/first-since.ts";

/** A log whose messages have these seqs; the time of each is ten times its seq. It counts the reads. */
function logOf(has: (seq: number) => boolean, first: number, last: number, maxPage = 1000) {
  const log = {
    reads: 0,
    messages: 0,
    read: async ({ before = last + 1, limit }: { before?: number; limit: number }) => {
      log.reads++;
      const messages: { seq: number; at: number }[] = [];
      let seq = Math.min(before, last + 1) - 1;
      for (; seq >= first && messages.length < Math.min(limit, maxPage); seq--)
        if (has(seq)) messages.unshift({ seq, at: 10 * seq });
      log.messages += messages.length;
      return { messages, more: seq >= first };
    },
  };
  return log;
}
const every = () => true;

describe("firstSince", () => {
  test.each([1, 2, 127, 128, 129, 5000])("[PAGE-33] finds any message of a log of %i", async (last) => {
    const log = logOf(every, 1, last);
    for (let seq = 1; seq <= last; seq += Math.ceil(last / 50)) {
      expect(await firstSince(10 * seq, log.read)).toEqual({ seq, at: 10 * seq, isFirst: seq === 1 });
      expect(await firstSince(10 * seq - 5, log.read)).toMatchObject({ seq });
    }
  });

  test("[PAGE-33] reads at most 20 times and few messages in a log of ten million", async () => {
    for (const seq of [1, 2, 4_999_999, 7_654_321, 10_000_000]) {
      const log = logOf(every, 1, 10_000_000);
      expect(await firstSince(10 * seq, log.read)).toMatchObject({ seq });
      expect(log.reads).toBeLessThanOrEqual(20);
      expect(log.messages).toBeLessThan(300);
    }
  });

  test("[PAGE-33] skips the seqs of operations and of messages that are gone", async () => {
    const { read } = logOf((seq) => seq % 7 === 0 && (seq < 3000 || seq > 6000), 900, 9999);
    expect(await firstSince(10 * 1000, read)).toEqual({ seq: 1001, at: 10_010, isFirst: false });
    expect(await firstSince(10 * 4000, read)).toMatchObject({ seq: 6006, isFirst: false });
    expect(await firstSince(0, read)).toEqual({ seq: 903, at: 9030, isFirst: true });
  });

  test("[PAGE-33] goes on where the service cuts a page short", async () => {
    const { read } = logOf(every, 1, 2000, 3);
    for (const seq of [1, 40, 1999]) expect(await firstSince(10 * seq, read)).toMatchObject({ seq });
  });

  test("[PAGE-33] finds nothing after the newest message, and nothing in an empty room", async () => {
    expect(await firstSince(1001, logOf(every, 1, 100).read)).toBeUndefined();
    expect(await firstSince(0, logOf(every, 1, 0).read)).toBeUndefined();
  });
});
