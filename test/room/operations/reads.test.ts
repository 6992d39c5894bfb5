import { describe, expect, test } from "vitest";
import type { HookedRoom } from "../../server/hooked-room.ts";
import { dump, historyOf, type Member, operated, said, withRoom } from "./operation-room.ts";

/** The seqs of all pages, from the newest to the oldest. */
function backwards({ core: { owner } }: HookedRoom, limit: number): number[] {
  const seqs: number[] = [];
  for (let before = Number.MAX_SAFE_INTEGER, more = true; more; before = seqs[0] ?? 0) {
    const page = owner.history({ limit, before });
    seqs.unshift(...page.messages.map(({ seq }) => seq));
    more = page.more;
  }
  return seqs;
}

/** The seqs of all pages, from the oldest to the newest. */
function forwards({ core: { owner } }: HookedRoom, limit: number): number[] {
  const seqs: number[] = [];
  for (let after = 0, more = true; more; after = seqs.at(-1) ?? 0) {
    const page = owner.history({ limit, after });
    seqs.push(...page.messages.map(({ seq }) => seq));
    more = page.more;
  }
  return seqs;
}

/** Reads `messages` frames up to one with an operation, and acknowledges each. Checks that they follow each other. */
async function replayOf(reader: Member) {
  const received: { seq: number; op?: string | undefined; data: unknown }[] = [];
  for (let next = 1; received.at(-1)?.op === undefined; ) {
    const { first, last, messages } = await reader.frame("messages");
    expect(first).toBe(next);
    const end = last ?? first + messages.length - 1;
    received.push(...messages.map(({ op, seq, data }, i) => ({ op, seq: seq ?? first + i, data })));
    reader.receive({ type: "received", seq: end });
    next = end + 1;
  }
  return received;
}

describe("a room with operations", () => {
  test("[OPS-6] pages through messages alone, whatever lies between them", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seqs: number[] = [];
      for (let i = 0; i < 25; i++) {
        const seq = await said(ada, `m${i}`);
        seqs.push(seq);
        for (let j = 0; j < i % 4; j++) await operated(ada, "react", seq, { key: `k${j}` });
        if (i % 5 === 0) await operated(ada, "append", seq, { data: "+" });
      }
      for (const limit of [1, 3, 7, 100]) {
        expect(backwards(room, limit)).toEqual(seqs);
        expect(forwards(room, limit)).toEqual(seqs);
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
      const received = await replayOf(bob);
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

  test("[OPS-9] leaves no content of the operations of a message that retention removed", () =>
    withRoom(
      async (room) => {
        const ada = await room.join("ada");
        for (let i = 0; i < 30; i++) await said(ada, "");
        for (let i = 0; i < 4; i++) await operated(ada, "append", 2 + (i % 2), { data: "a secret" });
        await operated(ada, "edit", 1, { data: "a secret" });
        await operated(ada, "append", 30, { data: "kept" });
        for (let i = 0; i < 70; i++) await room.core.owner.edit(4, "a secret", { from: "ada" });
        for (let i = 0; i < 25; i++) await room.core.owner.publish(i, { from: "ada" });
        room.core.alarm();
        const { epoch, floor } = room.core.owner.info();
        expect(floor).toBeGreaterThanOrEqual(4);
        expect(floor).toBeLessThan(30);
        for (const each of [room, room.restart()]) {
          expect(dump(each)).not.toContain("secret");
          expect(each.core.owner.message(30)).toMatchObject({ data: "kept" });
          const bob = await each.join("bob", { cursor: `${epoch}.${floor}` });
          const [first] = await bob.messages(1);
          expect(first?.seq).toBe(floor + 1);
        }
      },
      { HISTORY_MESSAGES: "110" },
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

  test("[OPS-6] of a joiner skip rows of operations alone, with one frame for all that follow each other", () =>
    withRoom(async (room) => {
      const { owner } = room.core;
      for (const data of ["one", "two"]) {
        await owner.publish(data, { from: "ada" });
        for (let i = 0; i < 40; i++) {
          await owner.react(1, "x", { from: "bob" });
          await owner.unreact(1, "x", { from: "bob" });
        }
      }
      const bob = await room.join("bob", { history: 50 });
      expect(await bob.frame("messages")).toMatchObject({ first: 1, last: 1, messages: [{ data: "one" }] });
      expect(await bob.frame("messages")).toMatchObject({ first: 2, last: 81, messages: [] });
      expect(await bob.frame("messages")).toMatchObject({ first: 82, messages: [{ data: "two" }] });
      expect(await bob.frame("messages")).toMatchObject({ first: 83, last: 162, messages: [] });
      await owner.publish("three", { from: "ada" });
      expect(await bob.message()).toMatchObject({ seq: 163, data: "three" });
    }));

  test("[OPS-6] of a joiner are in frames of a bounded size, also where edits made many messages of a row long", () =>
    withRoom(async (room) => {
      const { owner } = room.core;
      const from = "ada";
      await owner.publishMany(
        Array.from({ length: 30 }, (_, i) => ({ data: i })),
        { from },
      );
      for (let seq = 1; seq <= 30; seq += 2) await owner.edit(seq, "x".repeat(60_000), { from });
      const bob = await room.join("bob", { history: 50 });
      let next = 1;
      while (next <= 30) {
        const text = await bob.text();
        expect(text.length).toBeLessThan(300_000);
        const { first, last = 0, messages } = JSON.parse(text);
        expect([first, messages.length]).toEqual([next, last - first + 1]);
        next = last + 1;
      }
    }));
});
