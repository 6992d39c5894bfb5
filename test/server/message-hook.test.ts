import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RoomHooks, StoredMessage } from "../../src/room/hooks/room-hooks.ts";
import { reject } from "../../src/server/reject.ts";
import { waitFor } from "../support/wait-for.ts";
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
      await waitFor(() => expect(seen).toEqual(Array.from({ length: 60 }, (_, i) => i + 1)));
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
      await waitFor(() => expect(seen).toEqual([1, 2]));
      isHanging = false;
      const after = room.restart();
      // The alarm was set in the turn that stored the messages, so a room that nobody visits wakes for them.
      expect(await room.state.storage.getAlarm()).not.toBeNull();
      later(120_000);
      after.core.alarm();
      await waitFor(() => expect(seen.at(-1)).toBe(5));
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
      await waitFor(() => expect(tries).toEqual([1]));
      const waits: number[] = [];
      for (let i = 0; i < 12; i++) {
        // The alarm of the failed call is set once that has ended.
        await scheduler.wait(20);
        const now = Date.now();
        const next = await waitFor(
          async () => (await room.state.storage.getAlarm()) ?? expect.fail("No alarm."),
        );
        waits.push(next - now);
        later(next - now);
        if (i === 11) isBroken = false;
        room.core.alarm();
        await waitFor(() => expect(tries.length).toBeGreaterThan(i + 1));
      }
      expect(waits.at(-1)).toBeLessThanOrEqual(301_000);
      expect(waits.at(-1)).toBeGreaterThan(200_000);
      await waitFor(() => expect(tries.at(-1)).toBe(2));
      expect(new Set(errors.map(String))).toEqual(new Set(["onMessage,Error: broken"]));
    });
  });

  test("[HOOK-23] gets each kind of message, and begins with the next one in a room that had none of it before", async () => {
    const seen: StoredMessage[] = [];
    await withHooks({}, async (room) => {
      await post(room, 3);
      const hooked = room.restart({ onMessage: (message) => void seen.push(message) });
      await hooked.core.owner.publish(new Uint8Array([1, 2]), { id: "b", from: "bot", name: "Bot" });
      await waitFor(() => expect(seen.length).toBe(1));
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
      await waitFor(() => expect(errors[0]).toMatch(/answered its own messages 8 times/));
      expect(hooked.core.owner.info().seq).toBe(9);
    });
  });

  test("[HOOK-23] goes on with the next message after one whose answer must fail again", async () => {
    const seen: unknown[] = [];
    let room: HookedRoom | undefined;
    const onMessage: RoomHooks["onMessage"] = async ({ data }) => {
      seen.push(data);
      if (data === "loop") await room?.core.owner.publish("loop", { from: "bot" });
      if (data === "large") await room?.core.owner.publish("x".repeat(300_000));
      if (data === "refused") throw reject("forbidden", "Not this one.");
    };
    await withHooks({ onMessage }, async (hooked) => {
      room = hooked;
      for (const data of ["loop", "large", "refused"]) {
        await hooked.core.owner.publish(data);
        await hooked.core.owner.publish(`after ${data}`);
        await waitFor(() => expect(seen).toContain(`after ${data}`));
      }
      expect(seen.filter((data) => data === "large" || data === "refused")).toEqual(["large", "refused"]);
    });
  });

  test("[HOOK-23] takes nothing that came by RPC for an answer of its own", async () => {
    let handled = 0;
    const onMessage: RoomHooks["onMessage"] = async ({ seq }) => {
      handled = seq;
      await scheduler.wait(20);
    };
    await withHooks({ onMessage }, async ({ core }) => {
      for (let i = 1; i <= 15; i++) {
        expect(await core.call("owner.publish", [i])).toMatchObject({ value: { seq: i } });
        await waitFor(() => expect(handled).toBe(i), { interval: 2 });
      }
    });
  });

  test("[HOOK-23] saves its position every second, also within a page", async () => {
    await withHooks({ onMessage: () => scheduler.wait(30) }, async (room) => {
      await post(room, 50);
      const saved = () => {
        const { seq } = (room.state.storage.kv.get("dormouse message hook") ?? {}) as { seq?: number };
        return seq ?? 0;
      };
      const seen = new Set<number>();
      await waitFor(
        () => {
          seen.add(saved());
          expect(saved()).toBe(50);
        },
        { interval: 10 },
      );
      expect(seen.size).toBeGreaterThan(2);
    });
  });

  test("[HOOK-23] calls again only once a call that took too long has ended", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    try {
      const { promise: hanging, resolve: release } = Promise.withResolvers<void>();
      const seen: number[] = [];
      const onMessage: RoomHooks["onMessage"] = ({ seq }) => {
        seen.push(seq);
        return seen.length === 1 ? hanging : undefined;
      };
      await withHooks({ onMessage }, async (room) => {
        void room.core.owner.publish("a");
        await waitFor(() => expect(seen).toEqual([1]));
        for (let i = 0; i < 4; i++) {
          await vi.advanceTimersByTimeAsync(31_000);
          room.core.alarm();
        }
        expect(seen).toEqual([1]);
        release();
        await waitFor(() => {
          room.core.alarm();
          expect(seen).toEqual([1, 1]);
        });
      });
    } finally {
      vi.useRealTimers();
    }
  });

  test("[HOOK-23] stores nothing again where the room gave its storage back during a call", async () => {
    const { promise: hanging, resolve: release } = Promise.withResolvers<void>();
    await withHooks({ onMessage: () => hanging }, async (room) => {
      await post(room, 1);
      room.core.owner.erase();
      later(3_600_000);
      room.core.alarm();
      release();
      await scheduler.wait(20);
      expect([...room.state.storage.kv.list()]).toEqual([]);
    });
  });

  test("[HOOK-23] [API-8] counts anew after an erase", async () => {
    const seen: unknown[] = [];
    await withHooks({ onMessage: ({ seq, data }) => void seen.push([seq, data]) }, async (room) => {
      await post(room, 2);
      await waitFor(() => expect(seen.length).toBe(2));
      room.core.owner.erase();
      await post(room, 1, 7);
      await waitFor(() => expect(seen.at(-1)).toEqual([1, 7]));
    });
  });
});
