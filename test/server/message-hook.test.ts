import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RoomHooks, StoredMessage } from "../../src/room/hooks/room-hooks.ts";
import { type HookedRoom, withHooks } from "./hooked-room.ts";

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

const post = (room: HookedRoom, count: number, from = 0) =>
  room.core.owner.publishMany(Array.from({ length: count }, (_, i) => ({ data: from + i })));

/** Lets the time in the runtime be later. */
function later(ms: number): void {
  vi.spyOn(Date, "now").mockReturnValue(Date.now() + ms);
}

describe("onMessage", () => {
  test("[HOOK-23] is called for each message in the order of the log, one at a time", async () => {
    const seen: number[] = [];
    let running = 0;
    const onMessage: RoomHooks["onMessage"] = async ({ seq, data, from }) => {
      expect(++running).toBe(1);
      await scheduler.wait(seq % 3);
      running--;
      seen.push(seq);
      expect([data, from]).toEqual([seq - 1, "server"]);
    };
    await withHooks({ onMessage }, async (room) => {
      await post(room, 30);
      await post(room, 30, 30);
      await vi.waitFor(() => expect(seen).toEqual(Array.from({ length: 60 }, (_, i) => i + 1)));
    });
  });

  test("[HOOK-23] delays no publish, however long it takes", async () => {
    const { promise: hanging, resolve: release } = Promise.withResolvers<void>();
    const onMessage = () => hanging;
    await withHooks({ onMessage }, async (room) => {
      const ada = await room.join("ada");
      for (let i = 1; i <= 5; i++) {
        ada.receive({ type: "publish", id: `${i}`, data: i });
        expect(await ada.message()).toMatchObject({ seq: i });
      }
      release();
    });
  });

  test("[HOOK-23] continues after a crash with the first message that it had not finished", async () => {
    const seen: number[] = [];
    let isHanging = true;
    const onMessage: RoomHooks["onMessage"] = async ({ seq }) => {
      if (seq === 3 && isHanging) await new Promise(() => {});
      seen.push(seq);
    };
    await withHooks({ onMessage }, async (room) => {
      await post(room, 5);
      await vi.waitFor(() => expect(seen).toEqual([1, 2]));
      isHanging = false;
      const after = room.restart();
      // The alarm was set in the turn that stored the messages, so a room that nobody visits wakes for them.
      expect(await room.state.storage.getAlarm()).not.toBeNull();
      later(120_000);
      after.core.alarm();
      await vi.waitFor(() => expect(seen.at(-1)).toBe(5));
      // At least once: what was not written down yet comes again, and nothing is left out.
      expect(new Set(seen)).toEqual(new Set([1, 2, 3, 4, 5]));
    });
  });

  test("[HOOK-23] is called again for the same message where it throws, less and less often, and reports it", async () => {
    const tries: number[] = [];
    const errors: unknown[] = [];
    let isBroken = true;
    const hooks: RoomHooks = {
      onMessage({ seq }) {
        tries.push(seq);
        if (isBroken) throw new Error("broken");
      },
      onError: (error, hook) => void errors.push([hook, String(error)]),
    };
    await withHooks(hooks, async (room) => {
      await post(room, 2);
      await vi.waitFor(() => expect(tries).toEqual([1]));
      const waits: number[] = [];
      for (let i = 0; i < 12; i++) {
        // The alarm of the failed call is set once that has ended.
        await scheduler.wait(20);
        const now = Date.now();
        const next = await vi.waitFor(
          async () => (await room.state.storage.getAlarm()) ?? expect.fail("No alarm."),
        );
        waits.push(next - now);
        later(next - now);
        if (i === 11) isBroken = false;
        room.core.alarm();
        await vi.waitFor(() => expect(tries.length).toBeGreaterThan(i + 1));
      }
      expect(waits.at(-1)).toBeLessThanOrEqual(301_000);
      expect(waits.at(-1)).toBeGreaterThan(200_000);
      await vi.waitFor(() => expect(tries.at(-1)).toBe(2));
      expect(new Set(errors.map(String))).toEqual(new Set(["onMessage,Error: broken"]));
    });
  });

  test("[HOOK-23] gets each kind of message, and begins with the next one in a room that had none of it before", async () => {
    const seen: StoredMessage[] = [];
    await withHooks({}, async (room) => {
      await post(room, 3);
      const hooked = room.restart({ onMessage: (message) => void seen.push(message) });
      await hooked.core.owner.publish(new Uint8Array([1, 2]), { id: "b", from: "bot", name: "Bot" });
      await vi.waitFor(() => expect(seen.length).toBe(1));
      expect(seen[0]).toMatchObject({
        seq: 4,
        id: "b",
        from: "bot",
        name: "Bot",
        bytes: new Uint8Array([1, 2]),
      });
    });
  });

  test("[HOOK-23] that answers its own messages stops after eight, with a clear error", async () => {
    const errors: string[] = [];
    let room: HookedRoom | undefined;
    const hooks: RoomHooks = {
      onMessage: async () => void (await room?.core.owner.publish("again", { from: "bot" })),
      onError: (error) => void errors.push(String(error)),
    };
    await withHooks(hooks, async (hooked) => {
      room = hooked;
      await hooked.core.owner.publish("start");
      await vi.waitFor(() => expect(errors[0]).toMatch(/answered its own messages 8 times/));
      expect(hooked.core.owner.info().seq).toBe(9);
    });
  });

  test("[HOOK-23] [API-8] counts anew after an erase", async () => {
    const seen: unknown[] = [];
    await withHooks({ onMessage: ({ seq, data }) => void seen.push([seq, data]) }, async (room) => {
      await post(room, 2);
      await vi.waitFor(() => expect(seen.length).toBe(2));
      room.core.owner.erase();
      await post(room, 1, 7);
      await vi.waitFor(() => expect(seen.at(-1)).toEqual([1, 7]));
    });
  });
});

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
      await vi.waitFor(() => expect(calls).toEqual([{ first: true }, "second"]));
      await vi.waitFor(async () => expect(await room.state.storage.getAlarm()).toBeNull());
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
      await vi.waitFor(() => expect(calls).toEqual(["bad", "good"]));
      later(5000);
      room.core.alarm();
      await vi.waitFor(() => expect(calls).toEqual(["bad", "good", "bad"]));
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
