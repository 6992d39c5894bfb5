import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import type { Draft, RoomHooks } from "../../src/room/hooks/room-hooks.ts";
import { reject } from "../../src/server/reject.ts";
import { type HookedRoom, withHooks } from "./hooked-room.ts";

let logged: MockInstance;
beforeEach(() => {
  logged = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => void vi.restoreAllMocks());

const publish = (id: string, data: unknown) => ({ type: "publish", id, data });
const sqlOf = ({ state }: HookedRoom) => state.storage.sql;

/** The rows of a table of the owner's. */
function countsOf(room: HookedRoom): Record<string, number> {
  const rows = sqlOf(room).exec<{ member: string; said: number }>(
    "SELECT member, said FROM words ORDER BY member",
  );
  return Object.fromEntries([...rows].map(({ member, said }) => [member, said]));
}

/** A hook that counts each member's messages, and refuses some after that. */
function counting(room: () => HookedRoom): RoomHooks {
  return {
    onPublish(draft, author) {
      sqlOf(room()).exec(
        "INSERT INTO words VALUES (?, 1) ON CONFLICT (member) DO UPDATE SET said = said + 1",
        author.member,
      );
      if (JSON.stringify(draft.data).includes("spam")) throw reject("forbidden", "No spam, please.");
    },
  };
}

async function withCounter(callback: (room: HookedRoom) => Promise<void>): Promise<void> {
  let current: HookedRoom | undefined;
  const room = () => current ?? expect.fail("There is no room yet.");
  await withHooks(counting(room), async (hooked) => {
    current = hooked;
    sqlOf(hooked).exec("CREATE TABLE words (member TEXT PRIMARY KEY, said INTEGER)");
    await callback(hooked);
  });
}

describe("onPublish", () => {
  test("[HOOK-20] changes a message before it is stored and sent", async () => {
    const onPublish = (draft: Draft) => ({
      ...draft,
      data: { text: `${(draft.data as { text: string }).text.trim()}!` },
    });
    await withHooks({ onPublish }, async (room) => {
      const [ada, plain] = [await room.join("ada"), await room.join("bob", { mode: "plain" })];
      ada.receive(publish("a", { text: "  hello  " }));
      expect(await ada.message()).toMatchObject({ id: "a", from: "ada", data: { text: "hello!" } });
      expect(await plain.text()).toBe('{"text":"hello!"}');
      expect(room.core.owner.history().messages).toMatchObject([{ seq: 1, data: { text: "hello!" } }]);
    });
  });

  test("[HOOK-20] leaves a message as it is where it returns nothing, even if it changed the draft's data", async () => {
    const onPublish = (draft: Draft) => {
      (draft.data as { text: string }).text = "changed";
    };
    await withHooks({ onPublish }, async (room) => {
      const [ada, plain] = [await room.join("ada"), await room.join("bob", { mode: "plain" })];
      ada.receive(publish("a", { text: "kept" }));
      expect(await ada.message()).toMatchObject({ data: { text: "kept" } });
      expect(await plain.text()).toBe('{"text":"kept"}');
    });
  });

  test("[HOOK-20] refuses one message with its code, and the others of the same flush are stored", async () => {
    await withCounter(async (room) => {
      const ada = await room.join("ada");
      vi.spyOn(Date, "now").mockReturnValue(Date.now());
      // The first is flushed at once, and the next three share a flush.
      for (const [id, text] of ["first", "good", "spam", "also good"].entries())
        ada.receive(publish(`${id}`, { text }));
      expect(await ada.message()).toMatchObject({ data: { text: "first" } });
      expect(await ada.frame("error")).toMatchObject({
        code: "forbidden",
        message: "No spam, please.",
        id: "2",
      });
      expect(await ada.message()).toMatchObject({ seq: 2, data: { text: "good" } });
      expect(await ada.message()).toMatchObject({ seq: 3, data: { text: "also good" } });
      // The rows that it wrote for the refused message are rolled back.
      expect(countsOf(room)).toEqual({ ada: 3 });
      expect(logged).not.toHaveBeenCalled();
    });
  });

  test("[HOOK-20] rolls back with the messages where the flush cannot be stored", async () => {
    await withCounter(async (room) => {
      const ada = await room.join("ada");
      ada.receive(publish("a", "one"));
      await ada.message();
      sqlOf(room).exec(
        "CREATE TRIGGER full BEFORE INSERT ON dormouse_segments BEGIN SELECT RAISE(ABORT, 'disk'); END",
      );
      ada.receive(publish("b", "two"));
      expect(await ada.frame("error")).toMatchObject({ code: "unavailable", id: "b" });
      expect(countsOf(room)).toEqual({ ada: 1 });
      sqlOf(room).exec("DROP TRIGGER full");
      ada.receive(publish("b", "two"));
      expect(await ada.message()).toMatchObject({ seq: 2, id: "b" });
      expect(countsOf(room)).toEqual({ ada: 2 });
    });
  });

  test("[HOOK-20] [ONCE-1] does not run again for a message that is stored already", async () => {
    await withCounter(async (room) => {
      const ada = await room.join("ada");
      for (let i = 0; i < 3; i++) ada.receive(publish("a", "once"));
      expect(await ada.message()).toMatchObject({ seq: 1 });
      for (let i = 0; i < 2; i++) expect(await ada.frame("ack")).toMatchObject({ id: "a", seq: 1 });
      expect(countsOf(room)).toEqual({ ada: 1 });
    });
  });

  test("[HOOK-20] refuses a batch as a whole, with what it wrote for all of it", async () => {
    await withCounter(async (room) => {
      const messages = ["good", "spam", "good"].map((text, i) => ({
        id: `m${i}`,
        json: JSON.stringify({ text }),
      }));
      const post = { member: "bob", name: "Bob", author: { can: ["publish"] } };
      const outcome = await room.core.calls.publish({ ...post, messages });
      expect(outcome).toEqual({ refusal: { code: "forbidden", message: "No spam, please." } });
      expect([countsOf(room), room.core.owner.info().seq]).toEqual([{}, 0]);
      const stored = await room.core.calls.publish({ ...post, messages: messages.filter((_, i) => i !== 1) });
      expect(stored).toMatchObject({ value: { messages: [{ seq: 1 }, { seq: 2 }] } });
      expect(countsOf(room)).toEqual({ bob: 2 });
    });
  });

  test("[HOOK-20] closes a plain socket with the reason, since it has no other way to learn of it", async () => {
    await withCounter(async (room) => {
      const plain = await room.join("bob", { mode: "plain" });
      plain.receive("spam");
      expect(await plain.closed()).toEqual({ closed: 1008, reason: "No spam, please." });
    });
  });

  test("[HOOK-20] sees binary messages, and may change their bytes", async () => {
    const onPublish = (draft: Draft) => ({ ...draft, bytes: draft.bytes?.toReversed() as Uint8Array });
    await withHooks({ onPublish }, async (room) => {
      const plain = await room.join("bob", { mode: "plain" });
      plain.receive(new Uint8Array([1, 2, 3]).buffer);
      expect([...(await plain.bytes())]).toEqual([3, 2, 1]);
    });
  });

  test("[HOOK-20] skips what the server's own code publishes", async () => {
    await withCounter(async (room) => {
      expect(await room.core.owner.publish({ text: "spam" }, { id: "x" })).toMatchObject({
        id: "x",
        seq: 1,
        dup: false,
      });
      expect(await room.core.owner.publish({ text: "spam" }, { id: "x" })).toMatchObject({
        id: "x",
        seq: 1,
        dup: true,
      });
      expect(countsOf(room)).toEqual({});
    });
  });

  test("[HOOK-21] may ban and kick, which stay done where it then refuses the message", async () => {
    let owner: HookedRoom["core"]["owner"] | undefined;
    const onPublish = (_: Draft, { member }: { member: string }) => {
      owner?.ban(member, 60);
      throw reject("forbidden", "Banned.");
    };
    await withHooks({ onPublish }, async (room) => {
      ({ owner } = room.core);
      const ada = await room.join("ada");
      ada.receive(publish("a", 1));
      expect(await ada.frame("error")).toMatchObject({ code: "forbidden" });
      expect(await ada.frame("bye")).toMatchObject({ code: "kicked" });
      expect((await room.upgrade("ada")).status).toBe(403);
      await room.join("bob");
    });
  });
});
