import { describe, expect, test, vi } from "vitest";
import { dump, historyOf, operated, operation, said, withRoom } from "./operation-room.ts";

const SECRET = "a secret that nobody may read again";

describe("a deletion", () => {
  test("[OPS-3] leaves a message without content, with its author and its time", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, SECRET, "m");
      const [before] = historyOf(room);
      await operated(ada, "react", seq, { key: "x" });
      expect(await operated(ada, "delete", seq)).toMatchObject({
        seq: 3,
        op: "delete",
        target: seq,
        data: undefined,
      });
      expect(historyOf(room)).toEqual([
        {
          seq,
          at: before?.at,
          id: "m",
          from: "ada",
          name: "ada",
          data: undefined,
          deleted: true,
          version: 3,
        },
      ]);
    }));

  test("[OPS-3] removes the content of a message, of its edits and of its appends from every row", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      await said(ada, "before");
      const seq = await said(ada, { text: SECRET });
      await operated(ada, "edit", seq, { data: { text: `${SECRET}, edited` } });
      for (const text of [" more ", SECRET, "!"]) await operated(ada, "append", seq, { data: text });
      await said(ada, "after");
      expect(dump(room)).toContain(SECRET);
      await operated(ada, "delete", seq);
      expect(dump(room)).not.toContain("secret");
      for (const each of [room, room.restart()]) {
        expect(historyOf(each)).toMatchObject([
          { data: "before" },
          { seq, deleted: true },
          { data: "after" },
        ]);
        expect(JSON.stringify(historyOf(each))).not.toContain("secret");
      }
    }));

  test("[OPS-3] removes appends that came after the last restart, and those before it", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "");
      let current = room;
      for (let i = 0; i < 6; i++) {
        await current.core.owner.append(seq, SECRET, { from: "ada" });
        // Something else between two appends begins another row.
        if (i % 2 === 1) await current.core.owner.publish(i, { from: "ada" });
        if (i % 3 === 1) current = current.restart();
      }
      current = current.restart();
      await current.core.owner.delete(seq, { from: "ada" });
      expect(dump(current)).not.toContain("secret");
    }));

  test("[OPS-3] removes the content where many messages share a row, and leaves the others", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      // The first is stored at once, the others share a row.
      for (const [id, data] of [
        ["a", "one"],
        ["b", SECRET],
        ["c", "three"],
        ["d", SECRET],
        ["e", "five"],
      ])
        ada.receive({ type: "publish", id, data });
      await ada.messages(5);
      await operated(ada, "delete", 2);
      await operated(ada, "delete", 4);
      expect(dump(room)).not.toContain("secret");
      const datas = [
        { data: "one" },
        { deleted: true },
        { data: "three" },
        { deleted: true },
        { data: "five" },
      ];
      for (const each of [room, room.restart()]) expect(historyOf(each)).toMatchObject(datas);
    }));

  test("[OPS-3] removes the bytes of a binary message", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      await room.core.owner.publish(new TextEncoder().encode(SECRET), { from: "ada" });
      await ada.message();
      expect(dump(room)).toContain(SECRET);
      await operated(ada, "delete", 1);
      expect(dump(room)).not.toContain("secret");
      expect(historyOf(room)).toMatchObject([{ seq: 1, from: "ada", deleted: true }]);
    }));

  test("[OPS-3] in the flush of the appends that it removes stores none of them", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "");
      ada.receive(operation("append", seq, { data: "first" }));
      for (const data of [SECRET, SECRET]) ada.receive(operation("append", seq, { data }));
      ada.receive(operation("edit", seq, { data: SECRET }));
      ada.receive(operation("delete", seq));
      ada.receive(operation("append", seq, { data: SECRET, id: "late" }));
      // All of them share a flush, which reports a refusal first.
      expect(await ada.frame("error")).toMatchObject({ id: "late", code: "invalid_target" });
      const received = await ada.messages(5);
      expect(received.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6]);
      expect(JSON.stringify(received)).not.toContain("secret");
      expect(dump(room)).not.toContain("secret");
    }));

  test("[OPS-3] gives back the bytes of the content, so that other messages stay", () =>
    withRoom(
      async (room) => {
        const { owner } = room.core;
        await owner.publish("kept", { from: "ada" });
        for (let i = 0; i < 20; i++) {
          const { seq } = await owner.publish("x".repeat(60_000), { from: "ada" });
          await owner.delete(seq, { from: "ada" });
        }
        for (const each of [room, room.restart()]) {
          each.core.alarm();
          expect(historyOf(each)).toHaveLength(21);
        }
      },
      { HISTORY_BYTES: "1048576" },
    ));

  test("[OPS-3] of a message with many edits writes no row without its content", () =>
    withRoom(async (room) => {
      const { owner } = room.core;
      for (const data of ["one", "two"]) await owner.publish(data, { from: "ada" });
      for (let i = 0; i < 70; i++) {
        await owner.edit(1, SECRET, { from: "ada" });
        await owner.edit(2, i, { from: "ada" });
      }
      const exec = vi.spyOn(room.state.storage.sql, "exec");
      await owner.delete(1, { from: "ada" });
      const rewrites = exec.mock.calls.filter(([query]) => query.startsWith("UPDATE dormouse_segments"));
      vi.restoreAllMocks();
      expect(rewrites).toHaveLength(71);
      expect(dump(room)).not.toContain("secret");
      for (const each of [room, room.restart()])
        expect(historyOf(each)).toMatchObject([{ deleted: true }, { data: 69 }]);
    }));

  test("[OPS-3] [RES-1] is in a resume in place of the content", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const first = await said(ada, "first");
      const seq = await said(ada, SECRET);
      await operated(ada, "edit", seq, { data: `${SECRET}!` });
      await operated(ada, "append", seq, { data: SECRET });
      await operated(ada, "delete", seq);
      const { epoch } = room.core.owner.info();
      for (const each of [room, room.restart()]) {
        const bob = await each.join("bob", { cursor: `${epoch}.${first}` });
        const missed = await bob.messages(4);
        expect(missed).toMatchObject([
          { seq: 2, deleted: true },
          { seq: 3, op: "delete", target: seq },
          { seq: 4, op: "delete", target: seq },
          { seq: 5, op: "delete", target: seq },
        ]);
        expect(JSON.stringify(missed)).not.toContain("secret");
        const plain = await each.join("plain", { mode: "plain", cursor: `${epoch}.0` });
        expect(await plain.text()).toBe("first");
        plain.receive("end");
        expect(await plain.text()).toBe("end");
        await ada.message();
      }
    }));
});
