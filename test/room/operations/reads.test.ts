import { describe, expect, test } from "vitest";
import { historyOf, operated, said, withRoom } from "./operation-room.ts";

describe("a room with operations", () => {
  test("[OPS-6] pages through messages alone, whatever lies between them", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seqs: number[] = [];
      for (let i = 0; i < 25; i++) {
        seqs.push(await said(ada, `m${i}`));
        for (let j = 0; j < i % 4; j++) await operated(ada, "react", seqs.at(-1) ?? 0, { key: `k${j}` });
        if (i % 5 === 0) await operated(ada, "append", seqs.at(-1) ?? 0, { data: "+" });
      }
      const { owner } = room.core;
      for (const limit of [1, 3, 7, 100]) {
        const back: number[] = [];
        for (let before: number | undefined; ; before = back[0]) {
          const page = owner.history({ limit, ...(before === undefined ? {} : { before }) });
          back.unshift(...page.messages.map(({ seq }) => seq));
          if (!page.more) break;
        }
        expect(back).toEqual(seqs);
        const forth: number[] = [];
        for (let after = 0; ; after = forth.at(-1) ?? 0) {
          const page = owner.history({ limit, after });
          forth.push(...page.messages.map(({ seq }) => seq));
          if (!page.more) break;
        }
        expect(forth).toEqual(seqs);
      }
    }));

  test("[OPS-6] gives a joiner its last messages in their current form, and no operation", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seqs: number[] = [];
      for (let i = 0; i < 5; i++) seqs.push(await said(ada, `m${i}`));
      await operated(ada, "edit", 4, { data: "edited" });
      await operated(ada, "delete", 5);
      await operated(ada, "react", 3, { key: "x" });
      await operated(ada, "append", 3, { data: "+" });
      const last = await said(ada, "last");
      for (const each of [room, room.restart()]) {
        const bob = await each.join("bob", { history: 4 });
        expect(await bob.messages(4)).toMatchObject([
          { seq: 3, data: "m2+", reactions: { x: { count: 1, members: ["ada"], mine: false } } },
          { seq: 4, data: "edited", version: 6, edited: expect.any(Number) },
          { seq: 5, deleted: true },
          { seq: last, data: "last" },
        ]);
      }
    }));

  test("[OPS-6] gives a joiner with more history than a page an order without gap, with live operations after it", () =>
    withRoom(async (room) => {
      const { owner } = room.core;
      for (let i = 0; i < 40; i++) await owner.publish("x".repeat(4000), { from: "ada" });
      for (let i = 1; i <= 40; i += 3) await owner.edit(i, `edited ${i}`, { from: "ada" });
      const bob = await room.join("bob", { history: 40 });
      await owner.edit(40, "live", { from: "ada" });
      const received: { seq: number; op?: string | undefined; data: unknown }[] = [];
      let next = 1;
      while (received.at(-1)?.op === undefined) {
        const frame = await bob.frame("messages");
        expect(frame.first).toBe(next);
        const end = frame.last ?? frame.first + frame.messages.length - 1;
        next = end + 1;
        frame.messages.forEach((each, i) =>
          received.push({ ...each, seq: each.seq ?? frame.first + i, data: each.data }),
        );
        bob.receive({ type: "received", seq: end });
      }
      expect(received.map(({ seq }) => seq)).toEqual([...Array.from({ length: 40 }, (_, i) => i + 1), 55]);
      for (const { seq, op, data } of received)
        if (op === undefined) expect(data).toBe(seq % 3 === 1 ? `edited ${seq}` : "x".repeat(4000));
    }));

  test("[OPS-6] reads one message in its current form", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, { text: "a" });
      expect(room.core.owner.message(seq)).toMatchObject({ seq, data: { text: "a" } });
      await operated(ada, "append", seq, { data: "b" });
      expect(room.core.owner.message(seq)).toMatchObject({ seq, data: { text: "ab" }, version: 2 });
      for (const other of [0, 2, 3]) expect(() => room.core.owner.message(other)).toThrow(/no message/);
    }));

  test("[OPS-9] trims operations with their target; appends and reactions do not count as messages", () =>
    withRoom(
      async (room) => {
        const ada = await room.join("ada");
        for (let i = 0; i < 5; i++) await said(ada, `m${i}`);
        for (let i = 0; i < 20; i++) await operated(ada, "append", 5, { data: "+" });
        for (let i = 0; i < 10; i++) await operated(ada, "react", 5, { key: `k${i}` });
        room.core.alarm();
        expect(historyOf(room).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
        for (let i = 0; i < 12; i++) await said(ada, `n${i}`);
        room.core.alarm();
        const { floor } = room.core.owner.info();
        expect(floor).toBeGreaterThan(5);
        expect(historyOf(room).length).toBeGreaterThanOrEqual(10);
        const { sql } = room.state.storage;
        for (const table of ["forms", "reactions", "streams"])
          expect(sql.exec(`SELECT * FROM dormouse_${table} WHERE target <= ${floor}`).toArray()).toEqual([]);
      },
      { HISTORY_MESSAGES: "10" },
    ));

  test("[OPS-6] forgets forms with an erase: seqs begin again", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "old");
      await operated(ada, "react", seq, { key: "x" });
      await operated(ada, "append", seq, { data: "+" });
      room.core.owner.erase();
      await room.core.owner.publish("new", { from: "ada" });
      for (const each of [room, room.restart()])
        expect(historyOf(each)).toMatchObject([{ seq: 1, data: "new" }]);
      expect(historyOf(room)[0]?.reactions).toBeUndefined();
    }));
});
