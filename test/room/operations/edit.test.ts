import { describe, expect, test, vi } from "vitest";
import { encodeBinary } from "../../../src/protocol/binary.ts";
import {
  historyOf,
  joinAs,
  MODERATOR,
  operated,
  operation,
  refused,
  said,
  withRoom,
} from "./operation-room.ts";

describe("an edit", () => {
  test("[OPS-2] replaces the data of a message, under a seq of its own", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, { text: "hallo" });
      expect(await operated(ada, "edit", seq, { id: "fix", data: { text: "hello" } })).toEqual({
        seq: 2,
        op: "edit",
        target: 1,
        id: "fix",
        from: "ada",
        name: "ada",
        data: { text: "hello" },
      });
      const [message, ...others] = historyOf(room);
      expect(others).toEqual([]);
      expect(message).toMatchObject({ seq: 1, from: "ada", data: { text: "hello" }, version: 2 });
      expect(message?.edited).toBeGreaterThanOrEqual(message?.at ?? Number.POSITIVE_INFINITY);
      for (const data of [null, 0, "", [1]]) {
        await operated(ada, "edit", seq, { data });
        expect(historyOf(room)).toMatchObject([{ seq: 1, data }]);
      }
    }));

  test("[OPS-2] has the same time in history as in the frame that clients received", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "before");
      // A clock that runs on within a turn.
      let now = Date.now();
      const clock = vi.spyOn(Date, "now").mockImplementation(() => now++);
      ada.receive(operation("edit", seq, { data: "after" }));
      const { at } = await ada.frame("messages");
      clock.mockRestore();
      expect(historyOf(room)).toMatchObject([{ edited: at }]);
    }));

  test("[OPS-2] belongs to the author of the message, and to a moderator", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "mine");
      const bob = await room.join("bob");
      expect(await refused(bob, "edit", seq, { data: "his" })).toMatchObject({ code: "forbidden" });
      expect(await refused(bob, "delete", seq)).toMatchObject({ code: "forbidden" });
      expect(historyOf(room)).toMatchObject([{ data: "mine" }]);
      const mod = await joinAs(room, "mod", MODERATOR);
      expect(await operated(mod, "edit", seq, { data: "moderated" })).toMatchObject({ from: "mod" });
      expect(historyOf(room)).toMatchObject([{ from: "ada", data: "moderated" }]);
      const silent = await joinAs(room, "silent", ["read", "moderate"]);
      await operated(silent, "edit", seq, { data: "again" });
      const admin = await joinAs(room, "boss", ["read", "admin"]);
      await operated(admin, "delete", seq);
      const reader = await joinAs(room, "reader", ["read"]);
      expect(await refused(reader, "react", seq, { key: "x" })).toMatchObject({ code: "forbidden" });
    }));

  test("[OPS-2] replaces the bytes of a binary message", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      await room.core.owner.publish(new Uint8Array([1, 2]), { from: "ada" });
      expect(await ada.message()).toMatchObject({ seq: 1, data: [1, 2] });
      await operated(ada, "edit", 1, { data: "text" });
      const [message] = historyOf(room);
      expect(message).toMatchObject({ seq: 1, data: "text", version: 2 });
      expect(message?.bytes).toBeUndefined();
    }));

  test("[OPS-1] of a message that the room does not have is refused with invalid_target", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "one");
      await operated(ada, "edit", seq, { data: "two" });
      const gone = await said(ada, "gone");
      await operated(ada, "delete", gone);
      for (const target of [0, 2, gone, 99, Number.MAX_SAFE_INTEGER]) {
        for (const [op, fields] of [
          ["edit", { data: 1 }],
          ["delete", {}],
          ["append", { data: "x" }],
          ["react", { key: "x" }],
          ["unreact", { key: "x" }],
        ] as const)
          expect(await refused(ada, op, target, fields)).toMatchObject({ code: "invalid_target" });
      }
      expect(room.core.owner.info().seq).toBe(4);
    }));

  test("[OPS-1] with a field missing or wrong is refused with invalid_event, and stores nothing", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "one");
      for (const [op, fields] of [
        ["edit", {}],
        ["append", { data: 7 }],
        ["append", {}],
        ["react", {}],
        ["react", { key: "" }],
        ["react", { key: "x".repeat(65) }],
        ["react", { key: "\ud800" }],
        ["burn", {}],
      ] as const)
        expect(await refused(ada, op as "edit", seq, fields)).toMatchObject({ code: "invalid_event" });
      expect(await refused(ada, "edit", -1, { data: 1 })).toMatchObject({ code: "invalid_event" });
      expect(await refused(ada, "edit", 1.5, { data: 1 })).toMatchObject({ code: "invalid_event" });
      expect(room.core.owner.info().seq).toBe(1);
    }));

  test("[OPS-1] is bounded in bytes like a message", () =>
    withRoom(
      async (room) => {
        const ada = await room.join("ada");
        const seq = await said(ada, "one");
        await operated(ada, "edit", seq, { data: "x".repeat(1024) });
        expect(await refused(ada, "edit", seq, { data: "x".repeat(1025) })).toMatchObject({
          code: "too_big",
        });
      },
      { MESSAGE_BYTES: "1024" },
    ));

  test("[OPS-14] with the epoch of an erased log is refused, and changes no message of the present one", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "old");
      const { epoch } = room.core.owner.info();
      expect(await operated(ada, "edit", seq, { data: "older", epoch })).toMatchObject({ data: "older" });
      room.core.owner.erase();
      const again = await room.join("ada");
      expect(await said(again, "new")).toBe(seq);
      for (const [op, fields] of [
        ["edit", { data: "x" }],
        ["delete", {}],
        ["append", { data: "x" }],
        ["react", { key: "x" }],
      ] as const)
        expect(await refused(again, op, seq, { ...fields, epoch })).toMatchObject({ code: "invalid_target" });
      await expect(room.core.owner.delete(seq, { epoch })).rejects.toMatchObject({ code: "invalid_target" });
      expect(historyOf(room)).toMatchObject([{ data: "new" }]);
      await operated(again, "edit", seq, { data: "newer", epoch: room.core.owner.info().epoch });
    }));

  test("[ONCE-1] [OPS-2] with an id that the log has is not stored again", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "one");
      await operated(ada, "edit", seq, { id: "e", data: "two" });
      ada.receive({ type: "publish", id: "e", op: "edit", target: seq, data: "three" });
      expect(await ada.frame("ack")).toMatchObject({ id: "e", seq: 2 });
      expect(historyOf(room)).toMatchObject([{ data: "two" }]);
      expect(await room.core.owner.edit(seq, "three", { id: "e", from: "ada" })).toMatchObject({
        seq: 2,
        dup: true,
      });
    }));

  test("[OPS-2] and a deletion that race leave one order: the second is refused, or the message is gone", () =>
    withRoom(async (room) => {
      const [ada, tab] = [await room.join("ada"), await room.join("ada")];
      const seq = await said(ada, "one");
      await tab.message();
      ada.receive({ type: "publish", id: "d", op: "delete", target: seq });
      tab.receive({ type: "publish", id: "e", op: "edit", target: seq, data: "two" });
      const arrived = [await tab.next(), await tab.next()].map((each) => JSON.stringify(each)).join();
      expect(arrived).toContain("invalid_target");
      expect(arrived).toContain("delete");
      expect(historyOf(room)).toMatchObject([{ seq, deleted: true }]);
    }));

  test("[OPS-1] in a binary frame is refused: it does not become a new message", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "one");
      for (const field of [{ op: "edit", target: seq }, { stream: true }]) {
        ada.receive(encodeBinary({ type: "publish", id: "b", ...field }, new Uint8Array([1])));
        expect(await ada.frame("error")).toMatchObject({ id: "b", code: "invalid_event" });
      }
      expect(historyOf(room)).toMatchObject([{ seq, data: "one" }]);
    }));
});
