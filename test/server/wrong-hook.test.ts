import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { DormouseError } from "../../src/protocol/codes.ts";
import type { Draft, RoomHooks } from "../../src/room/hooks/room-hooks.ts";
import { reject } from "../../src/server/reject.ts";
import { problemOf } from "../http/call.ts";
import { type HookedRoom, withHooks } from "./hooked-room.ts";

let logged: MockInstance;
beforeEach(() => {
  logged = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => void vi.restoreAllMocks());

const publish = (id: string, data: unknown) => ({ type: "publish", id, data });

/** Faults of a hook, with the code and the words of the answer. */
const WRONG: [what: string, onPublish: RoomHooks["onPublish"], code: string, says: RegExp][] = [
  [
    "throws",
    () => {
      throw new Error("a secret of the server");
    },
    "hook_failed",
    /onPublish failed/,
  ],
  ["returns a promise", async () => ({}), "hook_async", /synchronous/],
  [
    "returns a promise that fails",
    async () => {
      throw new Error("late");
    },
    "hook_async",
    /synchronous/,
  ],
  ["returns too much data", (draft) => ({ ...draft, data: "x".repeat(300_000) }), "too_big", /262144/],
  ["returns no JSON", (draft) => ({ ...draft, data: () => 1 }), "hook_failed", /onPublish failed/],
  [
    "returns a circle",
    (draft) => {
      const data: unknown[] = [];
      data.push(data);
      return { ...draft, data };
    },
    "hook_failed",
    /onPublish failed/,
  ],
  ["returns a text", () => "hello", "hook_failed", /onPublish failed/],
  ["changes the id", (draft) => ({ ...draft, id: "other" }), "hook_failed", /onPublish failed/],
  ["changes the author", (draft) => ({ ...draft, from: "bob" }), "hook_failed", /onPublish failed/],
  ["changes the author's name", (draft) => ({ ...draft, name: "Bob" }), "hook_failed", /log of the server/],
];

describe("a hook that is wrong", () => {
  test.each(WRONG)(
    "[HOOK-21] refuses the message where it %s, and the room goes on",
    async (_what, wrong, code, says) => {
      const errors: unknown[] = [];
      const hooks: RoomHooks = {
        onPublish: (draft, author) => (draft.id === "good" ? undefined : wrong?.(draft, author)),
        onError: (error, hook) => void errors.push([hook, error]),
      };
      await withHooks(hooks, async (room) => {
        const ada = await room.join("ada");
        ada.receive(publish("bad", { text: "hi" }));
        const error = await ada.frame("error");
        expect(error).toMatchObject({ code, id: "bad", message: expect.stringMatching(says) });
        expect(error.message).not.toMatch(/secret|[Tt]ry again/);
        ada.receive(publish("good", 1));
        expect(await ada.message()).toMatchObject({ seq: 1, id: "good" });
        expect(errors[0]).toEqual(["onPublish", expect.any(Error)]);
        expect(logged).toHaveBeenCalledWith(expect.stringContaining("onPublish"));
      });
    },
  );

  test("[HOOK-21] does not keep the room from going on where onError fails, too", async () => {
    const broken = () => {
      throw new Error("broken");
    };
    await withHooks({ onPublish: broken, onError: broken }, async (room) => {
      const ada = await room.join("ada");
      ada.receive(publish("a", 1));
      expect(await ada.frame("error")).toMatchObject({ code: "hook_failed" });
      await room.join("bob");
    });
  });

  test("[HOOK-21] may write ten thousand rows, which are gone where it throws", async () => {
    const rowsOf = ({ state }: HookedRoom) =>
      state.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM many").one().n;
    let room: HookedRoom | undefined;
    const onPublish = (draft: Draft) => {
      for (let i = 0; i < 10_000; i++) room?.state.storage.sql.exec("INSERT INTO many VALUES (?)", i);
      if (draft.data === "fail") throw new Error("broken");
    };
    await withHooks({ onPublish }, async (hooked) => {
      room = hooked;
      hooked.state.storage.sql.exec("CREATE TABLE many (n INTEGER)");
      const ada = await hooked.join("ada");
      ada.receive(publish("a", "fail"));
      expect(await ada.frame("error")).toMatchObject({ code: "hook_failed" });
      expect(rowsOf(hooked)).toBe(0);
      ada.receive(publish("b", "keep"));
      expect(await ada.message()).toMatchObject({ id: "b" });
      expect(rowsOf(hooked)).toBe(10_000);
    });
  });

  test("[HOOK-21] may publish, in a flush of its own, without end only as long as somebody else publishes", async () => {
    let room: HookedRoom | undefined;
    const onPublish = (draft: Draft) => void room?.core.owner.publish({ echo: draft.id }, { from: "bot" });
    await withHooks({ onPublish }, async (hooked) => {
      room = hooked;
      const ada = await hooked.join("ada");
      ada.receive(publish("a", 1));
      expect(await ada.message()).toMatchObject({ seq: 1, id: "a" });
      expect(await ada.message()).toMatchObject({ seq: 2, from: "bot", data: { echo: "a" } });
      await scheduler.wait(50);
      expect(hooked.core.owner.info().seq).toBe(2);
    });
  });

  test.each(["nonsense", "toString", "", undefined])(
    "[HOOK-21] may not refuse with the code %j",
    async (code) => {
      const errors: unknown[] = [];
      const refuse = () => {
        throw reject(code as never, "No.");
      };
      const hooks: RoomHooks = {
        onConnect: (session) => (session.member === "eve" ? refuse() : undefined),
        onPublish: refuse,
        onError: (error) => void errors.push(String(error)),
      };
      await withHooks(hooks, async (room) => {
        const upgrade = await room.upgrade("eve");
        expect([upgrade.status, (await problemOf(upgrade)).code]).toEqual([500, "hook_failed"]);
        const ada = await room.join("ada");
        ada.receive(publish("a", 1));
        expect(await ada.frame("error")).toMatchObject({ code: "hook_failed", id: "a" });
        expect(errors).toEqual(Array(2).fill(expect.stringMatching(/TypeError: reject: .* is not a code/)));
      });
    },
  );

  test("[HOOK-21] sends no signal that onSignal changed in place without returning it", async () => {
    const onSignal: RoomHooks["onSignal"] = (signal) => {
      (signal.data as { text: string }).text = "x".repeat(100_000);
    };
    await withHooks({ onSignal }, async (room) => {
      const ada = await room.join("ada");
      ada.receive({ type: "signal", data: { text: "short" } });
      expect(await ada.frame("signals")).toMatchObject({ signals: [{ data: { text: "short" } }] });
    });
  });

  test.each<[string, NonNullable<RoomHooks["onSignal"]>, string]>([
    ["makes a signal too big", (signal) => ({ ...signal, data: "x".repeat(20_000) }), "too_big"],
    ["returns a signal that is no JSON", (signal) => ({ ...signal, data: () => 1 }), "hook_failed"],
    ["returns a signal without data", () => ({}), "hook_failed"],
    ["changes the receivers", (signal) => ({ ...signal, to: ["bob"] }), "hook_failed"],
    ["changes the sender", (signal) => ({ ...signal, from: "bob" }), "hook_failed"],
    ["changes the key", (signal) => ({ ...signal, key: "other" }), "hook_failed"],
  ])("[HOOK-21] refuses the signal where it %s, and reports it", async (_what, onSignal, code) => {
    const errors: unknown[] = [];
    await withHooks({ onSignal, onError: (_error, hook) => void errors.push(hook) }, async (room) => {
      const ada = await room.join("ada");
      ada.receive({ type: "signal", data: 1, to: ["ada"] });
      expect(await ada.frame("error")).toMatchObject({ code });
      expect(errors).toEqual(["onSignal"]);
    });
  });

  test("a refusal is an error with a code", () => {
    const error = reject("rate_limited", "Slow down.", 500);
    expect(error).toBeInstanceOf(DormouseError);
    expect(error).toMatchObject({ code: "rate_limited", message: "Slow down.", retryAfter: 500 });
  });
});
