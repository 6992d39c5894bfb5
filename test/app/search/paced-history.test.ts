import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PacedHistory, type Wait } from "../../../src/app/search/paced-history.ts";
import { LIVE, LogRoom, storeOf } from "./fake-room.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function reader() {
  const room = new LogRoom();
  const waits: Wait[] = [];
  const { store, connectionState } = storeOf(room);
  const history = new PacedHistory(store, (wait) => waits.push(wait));
  return { room, waits, history, connectionState };
}

describe("PacedHistory", () => {
  test("[PAGE-31] reads half of what the service allows at once, and then half of its rate", async () => {
    const { room, history } = reader();
    const all = Promise.all(Array.from({ length: 1 }, () => readMany(history, 80)));
    await vi.advanceTimersByTimeAsync(0);
    expect(room.reads).toBeGreaterThanOrEqual(45);
    expect(room.reads).toBeLessThanOrEqual(51);
    const before = room.reads;
    await vi.advanceTimersByTimeAsync(1000);
    expect(room.reads - before).toBeLessThanOrEqual(11);
    await vi.advanceTimersByTimeAsync(60_000);
    await all;
    expect(room.reads).toBe(80);
  });

  test("[PAGE-31] counts large pages as the service does", async () => {
    const { room, history } = reader();
    for (let i = 0; i < 10; i++) room.add({ text: "x".repeat(65_536 * 10) });
    void readMany(history, 30);
    await vi.advanceTimersByTimeAsync(0);
    expect(room.reads).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(room.reads).toBeLessThan(9);
  });

  test("[PAGE-31] waits where the service allows no more for a moment, and says so", async () => {
    const { room, waits, history } = reader();
    room.refuse.push("rate_limited", "unavailable", "closed");
    const page = history.read({ limit: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect([room.reads, waits]).toEqual([1, ["busy"]]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(room.reads).toBe(2);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await page).toEqual({ messages: [], more: false });
    expect([room.reads, waits]).toEqual([4, ["busy", "busy", undefined]]);
  });

  test("[PAGE-31] waits for a connection, and ends where the room is closed or refuses the read", async () => {
    const { room, waits, history, connectionState } = reader();
    connectionState.value = { status: "connecting", attempt: 1 };
    const page = history.read({ limit: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect([room.reads, waits]).toEqual([0, ["offline"]]);
    connectionState.value = LIVE;
    await page;
    room.refuse.push("forbidden");
    await expect(history.read({ limit: 1 })).rejects.toMatchObject({ code: "forbidden" });
    connectionState.value = { status: "closed", code: "banned", reason: "" };
    await expect(history.read({ limit: 1 })).rejects.toMatchObject({ code: "banned" });
  });

  test("[PAGE-31] a read that is stopped asks for nothing", async () => {
    const { room, history } = reader();
    room.refuse.push("rate_limited");
    const run = new AbortController();
    const page = history.read({ limit: 1 }, run.signal);
    const result = expect(page).rejects.toMatchObject({ code: "stopped" });
    await vi.advanceTimersByTimeAsync(0);
    run.abort();
    await result;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(room.reads).toBe(1);
  });
});

async function readMany(history: PacedHistory, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await history.read({ limit: 50 });
}
