import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { loadAround } from "../../../src/app/chat/load-around.ts";
import { RoomError } from "../../../src/client/core.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A log of 3,000 messages, without operations and the first thousand, and a timeline of its end. `busy` pages are refused. */
function roomOf(busy = 0) {
  const has = (seq: number) => seq > 1000 && seq <= 3000 && seq % 10 !== 0;
  const seqs = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => from + i).filter(has);
  let first = 2900;
  let snapshot = take();
  function take() {
    return { messages: seqs(first, 3001).map((seq) => ({ seq, at: 1 })), hasOlder: first > 1001 };
  }
  const counts = { reads: 0, pages: 0 };
  const loadOlder = async (limit: number) => {
    counts.pages++;
    if (busy-- > 0) throw new RoomError("rate_limited", "");
    first = Math.max(1001, first - limit);
    snapshot = take();
  };
  const history = async ({ before = 3001 }) => {
    counts.reads++;
    const seq = seqs(1, before).at(-1);
    return { messages: seq === undefined ? [] : [{ seq }], more: true };
  };
  const room = { cursor: "e.3000", history } as never;
  const timeline = { getSnapshot: () => snapshot, loadOlder, loadNewer: loadOlder } as never;
  return { counts, load: (seq: number) => loadAround(room, timeline, seq) };
}

describe("loadAround", () => {
  test.each([0, 3001, 1e40, Infinity])(
    "[PAGE-34] asks for nothing where no message can have the seq %d",
    async (seq) => {
      const { counts, load } = roomOf();
      expect((await load(seq))?.code).toBe("no_message");
      expect(counts).toEqual({ reads: 0, pages: 0 });
    },
  );

  test.each([7, 1000, 1010, 2990])("[PAGE-34] loads no page where the message %d is gone", async (seq) => {
    const { counts, load } = roomOf();
    expect((await load(seq))?.code).toBe("invalid_target");
    expect(counts).toEqual({ reads: 1, pages: 0 });
  });

  test("[PAGE-17] loads the pages up to the message, and waits where the service allows no more for a moment", async () => {
    const { counts, load } = roomOf(2);
    const loaded = load(1001);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await loaded).toBeUndefined();
    expect(counts.pages).toBe(4);
  });
});
