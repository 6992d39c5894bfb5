import { describe, expect, test } from "vitest";
import { historyOf, joinAs, operated, operation, refused, said, withRoom } from "./operation-room.ts";

describe("a reaction", () => {
  test("[OPS-5] is counted, with the members who have it", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "hi");
      expect(await operated(ada, "react", seq, { key: "👍" })).toMatchObject({
        op: "react",
        target: seq,
        key: "👍",
      });
      const bob = await room.join("bob");
      await operated(bob, "react", seq, { key: "👍" });
      await operated(bob, "react", seq, { key: "🐭" });
      const reactions = {
        "👍": { count: 2, members: ["ada", "bob"] },
        "🐭": { count: 1, members: ["bob"] },
      };
      for (const each of [room, room.restart()])
        expect(historyOf(each)).toMatchObject([{ data: "hi", reactions, version: 4 }]);
      await operated(bob, "unreact", seq, { key: "🐭" });
      expect(historyOf(room)[0]?.reactions).toEqual({ "👍": { count: 2, members: ["ada", "bob"] } });
    }));

  test("[OPS-5] that is set already, or not set, is acknowledged and stores nothing", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "hi");
      await operated(ada, "react", seq, { key: "x" });
      ada.receive(operation("react", seq, { key: "x", id: "again" }));
      expect(await ada.frame("ack")).toMatchObject({ id: "again", seq: 2 });
      ada.receive(operation("unreact", seq, { key: "y", id: "none" }));
      expect(await ada.frame("ack")).toMatchObject({ id: "none", seq: 2 });
      expect(room.core.owner.info().seq).toBe(2);
      expect(await room.core.owner.react(seq, "x", { from: "ada" })).toMatchObject({ dup: true, seq: 2 });
    }));

  test("[OPS-5] has at most 20 keys a message, and 10 of one member", () =>
    withRoom(async (room) => {
      const [ada, bob, eve] = [await room.join("ada"), await room.join("bob"), await room.join("eve")];
      const seq = await said(ada, "hi");
      for (let i = 0; i < 10; i++) await operated(ada, "react", seq, { key: `a${i}` });
      expect(await refused(ada, "react", seq, { key: "b" })).toMatchObject({ code: "too_big" });
      for (let i = 0; i < 10; i++) room.core.owner.react(seq, `b${i}`, { from: "bob" });
      await bob.messages(21);
      await eve.messages(21);
      expect(await refused(eve, "react", seq, { key: "c" })).toMatchObject({ code: "too_big" });
      await operated(eve, "react", seq, { key: "a0" });
      await operated(bob, "unreact", seq, { key: "b0" });
      await eve.message();
      await operated(eve, "react", seq, { key: "c" });
    }));

  test("[OPS-5] lists 20 members, counts the others, and says whether the reader is one", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "hi");
      for (let i = 0; i < 30; i++) await room.core.owner.react(seq, "x", { from: `m${i}` });
      await ada.messages(30);
      const [message] = historyOf(room);
      expect(message?.reactions?.x?.count).toBe(30);
      expect(message?.reactions?.x?.members).toEqual(Array.from({ length: 20 }, (_, i) => `m${i}`));
      for (const [member, mine] of [
        ["m3", true],
        ["m25", true],
        ["ada", false],
      ] as const) {
        const reader = await joinAs(room, member, ["read"]);
        reader.receive({ type: "history", id: "h" });
        const { messages } = await reader.frame("history");
        expect(messages[0]?.reactions?.x?.mine).toBe(mine);
      }
      await room.core.owner.unreact(seq, "x", { from: "m3" });
      const [after] = historyOf(room.restart());
      expect(after?.reactions?.x?.count).toBe(29);
      expect(after?.reactions?.x?.members).not.toContain("m3");
    }));

  test("[OPS-5] with a key like that of an object's prototype is a key like others", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "hi");
      for (const key of ["__proto__", "constructor", "toString"]) await operated(ada, "react", seq, { key });
      const [message] = historyOf(room.restart());
      expect(Object.keys(message?.reactions ?? {})).toEqual(["__proto__", "constructor", "toString"]);
      await operated(ada, "unreact", seq, { key: "__proto__" });
      expect(Object.keys(historyOf(room)[0]?.reactions ?? {})).toEqual(["constructor", "toString"]);
    }));

  test("[OPS-1] of server code needs a key of 1 to 64 characters, and well-formed", () =>
    withRoom(async ({ core: { owner } }) => {
      const { seq } = await owner.publish("one");
      for (const key of ["", "x".repeat(65), "\ud83d"])
        for (const op of ["react", "unreact"] as const)
          await expect((async () => owner[op](seq, key))()).rejects.toMatchObject({ code: "invalid_event" });
      expect(owner.info().seq).toBe(1);
    }));
});
