import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RoomHooks } from "../../src/room/hooks/room-hooks.ts";
import { waitFor } from "../support/wait-for.ts";
import { type HookedRoom, withHooks } from "./hooked-room.ts";

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

/** Lets the time in the runtime be later. */
function later(ms: number): void {
  vi.spyOn(Date, "now").mockReturnValue(Date.now() + ms);
}

describe("onSchedule", () => {
  test("[HOOK-24] is called at its time, in order, also after a restart, and once where it succeeds", async () => {
    const calls: unknown[] = [];
    const onSchedule = (payload: unknown) => void calls.push(payload);
    await withHooks({ onSchedule }, async (room) => {
      const now = Date.now();
      room.core.owner.schedule(now + 20_000, "second");
      room.core.owner.schedule(new Date(now + 10_000), { first: true });
      const cancelled = room.core.owner.schedule(now + 15_000, "never");
      expect(room.core.owner.cancelSchedule(cancelled)).toBe(true);
      expect(room.core.owner.cancelSchedule(cancelled)).toBe(false);
      expect(await room.state.storage.getAlarm()).toBe(now + 10_000);
      const after = room.restart();
      after.core.alarm();
      expect(calls).toEqual([]);
      later(25_000);
      after.core.alarm();
      await waitFor(() => expect(calls).toEqual([{ first: true }, "second"]));
      await waitFor(async () => expect(await room.state.storage.getAlarm()).toBeNull());
    });
  });

  test("[HOOK-24] is not called for an entry that another one of the same run cancelled", async () => {
    const seen: unknown[] = [];
    let room: HookedRoom | undefined;
    let second = 0;
    const onSchedule: RoomHooks["onSchedule"] = (payload) => {
      seen.push(payload);
      if (payload === "first") expect(room?.core.owner.cancelSchedule(second)).toBe(true);
    };
    await withHooks({ onSchedule }, async (hooked) => {
      room = hooked;
      const { owner } = hooked.core;
      owner.schedule(Date.now() + 1000, "first");
      second = owner.schedule(Date.now() + 1000, "second");
      owner.schedule(Date.now() + 1000, "third");
      later(5000);
      hooked.core.alarm();
      await waitFor(() => expect(seen).toEqual(["first", "third"]));
    });
  });

  test("[HOOK-24] takes a time in a thousand years, and the room keeps its alarm", async () => {
    await withHooks({ onSchedule() {} }, async ({ core, state }) => {
      core.owner.schedule(new Date("3026-01-01"), "far");
      await waitFor(async () => expect(await state.storage.getAlarm()).not.toBeNull());
      core.alarm();
      await waitFor(async () => expect(await state.storage.getAlarm()).toBeGreaterThan(Date.now()));
    });
  });

  test("[HOOK-24] is called again where it fails, and does not hold up others", async () => {
    const calls: unknown[] = [];
    const onSchedule = (payload: unknown) => {
      calls.push(payload);
      if (payload === "bad" && calls.length < 3) throw new Error("broken");
    };
    await withHooks({ onSchedule }, async (room) => {
      room.core.owner.schedule(Date.now(), "bad");
      room.core.owner.schedule(Date.now(), "good");
      later(1000);
      room.core.alarm();
      await waitFor(() => expect(calls).toEqual(["bad", "good"]));
      later(5000);
      room.core.alarm();
      await waitFor(() => expect(calls).toEqual(["bad", "good", "bad"]));
    });
  });

  test("[HOOK-24] has bounds: a time, a thousand entries, and 16,384 bytes each", async () => {
    await withHooks({}, ({ core: { owner } }) => {
      expect(() => owner.schedule(Number.NaN, 1)).toThrow(RangeError);
      expect(() => owner.schedule(0, "x".repeat(16_383))).toThrow(RangeError);
      for (let i = 0; i < 1000; i++) owner.schedule(Date.now() + 1e9, i);
      expect(() => owner.schedule(0, 1)).toThrow(/at most 1000/);
    });
  });
});
