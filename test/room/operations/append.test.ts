import { describe, expect, test } from "vitest";
import type { Message } from "../../../src/protocol/down.ts";
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

type Append = { seq: number; target: number; data: string };

/** The texts that the appends up to a seq make, by target. */
function textsOf(appends: readonly Append[], until: number): Map<number, string> {
  const texts = new Map<number, string>();
  for (const { seq, target, data } of appends)
    if (seq <= until) texts.set(target, `${texts.get(target) ?? ""}${data}`);
  return texts;
}

/** The texts after appends, each of which must begin where its text ends. */
function folded(texts: Map<number, string>, appends: readonly Message[]): Map<number, string> {
  for (const { target = 0, offset, data } of appends) {
    const text = texts.get(target) ?? "";
    expect(offset).toBe(text.length);
    texts.set(target, text + String(data));
  }
  return texts;
}

describe("an append", () => {
  test("[OPS-4] adds to a string, or to the text of an object, and says where it begins", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const text = await said(ada, "大");
      expect(await operated(ada, "append", text, { data: "🐭" })).toMatchObject({
        op: "append",
        offset: 1,
        data: "🐭",
      });
      expect(await operated(ada, "append", text, { data: "!" })).toMatchObject({ offset: 3 });
      const object = await said(ada, { text: "a", by: "bot" });
      expect(await operated(ada, "append", object, { data: "b" })).toMatchObject({ offset: 1 });
      expect(historyOf(room)).toMatchObject([{ data: "大🐭!" }, { data: { text: "ab", by: "bot" } }]);
      expect(historyOf(room)[0]?.edited).toBeUndefined();
    }));

  test("[OPS-4] to a message without text is refused with invalid_target", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      for (const data of [7, null, [], { n: 1 }, { text: 7 }]) {
        const seq = await said(ada, data);
        expect(await refused(ada, "append", seq, { data: "x" })).toMatchObject({ code: "invalid_target" });
      }
      await room.core.owner.publish(new Uint8Array([1]), { from: "ada" });
      const { seq } = await ada.message();
      expect(await refused(ada, "append", seq, { data: "x" })).toMatchObject({ code: "invalid_target" });
    }));

  test("[OPS-4] belongs to the author alone", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "a");
      for (const member of [await room.join("bob"), await joinAs(room, "mod", MODERATOR)])
        expect(await refused(member, "append", seq, { data: "x" })).toMatchObject({ code: "forbidden" });
    }));

  test("[OPS-4] is refused where the message would have more than MESSAGE_BYTES in all", () =>
    withRoom(
      async (room) => {
        const ada = await room.join("ada");
        const seq = await said(ada, "x".repeat(1000));
        await operated(ada, "append", seq, { data: "y".repeat(24) });
        expect(await refused(ada, "append", seq, { data: "z" })).toMatchObject({ code: "too_big" });
        await operated(ada, "edit", seq, { data: "short" });
        await operated(ada, "append", seq, { data: "大".repeat(300) });
        expect(await refused(ada, "append", seq, { data: "大".repeat(100) })).toMatchObject({
          code: "too_big",
        });
      },
      { MESSAGE_BYTES: "1024" },
    ));

  test("[OPS-4] to one that nothing but appends changed is found again after a restart, at any moment", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, { text: "" });
      let text = "";
      let current = room;
      for (let i = 0; i < 30; i++) {
        text += `${i} `;
        await current.core.owner.append(seq, `${i} `, { from: "ada" });
        expect(current.core.owner.message(seq)).toMatchObject({ data: { text }, version: i + 2 });
        if (i % 3 === 0) current = current.restart();
        expect(current.core.owner.message(seq)).toMatchObject({ data: { text }, version: i + 2 });
      }
    }));

  test(
    "[OPS-4] of a stream shares few rows, and the text is stored once the stream is idle",
    () =>
      withRoom(async (room) => {
        const ada = await room.join("ada");
        const seq = await said(ada, "");
        for (let i = 0; i < 300; i++) await room.core.owner.append(seq, "word ", { from: "ada" });
        const { sql } = room.state.storage;
        const count = () => sql.exec<{ n: number }>("SELECT count(*) AS n FROM dormouse_segments").one().n;
        expect(count()).toBeLessThanOrEqual(3);
        expect(historyOf(room)).toMatchObject([{ data: "word ".repeat(300), version: 301 }]);
      }),
    20_000,
  );

  test("[OPS-4] [RES-1] a joiner gets the text so far once, and then the appends, at any moment of the stream", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "");
      let text = "";
      const readers: { member: Awaited<ReturnType<typeof room.join>>; fold: string }[] = [];
      for (let i = 0; i < 20; i++) {
        const member = await room.join(`reader${i}`, { history: 5 });
        const message = await member.message();
        expect(message).toMatchObject({ seq, data: text });
        readers.push({ member, fold: String(message.data) });
        await room.core.owner.append(seq, `${i},`, { from: "ada" });
        text += `${i},`;
        for (const reader of readers) {
          const append = (await reader.member.message()) as unknown as { offset: number; data: string };
          expect(append.offset).toBe(reader.fold.length);
          reader.fold += append.data;
        }
      }
      for (const { fold } of readers) expect(fold).toBe(text);
    }));

  test("[OPS-7] [RES-1] a returning client gets the appends that it missed, joined, at any cursor", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const targets = [await said(ada, ""), await said(ada, { text: "" })];
      const appends: Append[] = [];
      for (let i = 0; i < 12; i++) {
        const [target = 0, data] = [targets[i % 3 === 1 ? 1 : 0], `${i},`];
        const { seq } = await room.core.owner.append(target, data, { from: "ada" });
        appends.push({ seq, target, data });
      }
      const { epoch, seq: last } = room.core.owner.info();
      for (const each of [room, room.restart()]) {
        for (let cursor = 2; cursor < last; cursor++) {
          const bob = await each.join("bob", { cursor: `${epoch}.${cursor}` });
          const frame = await bob.frame("messages");
          expect([frame.first, frame.last]).toEqual([cursor + 1, last]);
          const seqs = frame.messages.map((message) => message.seq ?? 0);
          expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
          expect(folded(textsOf(appends, cursor), frame.messages)).toEqual(textsOf(appends, last));
        }
      }
    }));

  test("[OPS-4] of a session that is behind is acknowledged, since the session receives it joined", () =>
    withRoom(
      async (room) => {
        const ada = await room.join("ada");
        const seq = await said(ada, "");
        // More than the room sends to a session that acknowledges nothing.
        for (let i = 0; i < 100; i++) await room.core.owner.publish("x".repeat(1000), { from: "bob" });
        for (const id of ["one", "two", "three"]) {
          ada.receive(operation("append", seq, { id, data: id }));
          let text: string;
          do text = await ada.text();
          while (!text.startsWith('{"type":"ack"'));
          expect(JSON.parse(text)).toMatchObject({ id });
        }
        expect(historyOf(room)[0]).toMatchObject({ data: "onetwothree" });
      },
      { ACK_BYTES: "16384" },
    ));

  test("[OPS-7] of another author is not joined, and keeps its id for a retry", () =>
    withRoom(async (room) => {
      const { owner } = room.core;
      const { seq } = await owner.publish("", { from: "ada" });
      for (const from of ["ada", "bot"]) await owner.append(seq, ".", { from, id: `${from}1` });
      await owner.append(seq, ".", { from: "ada", id: "ada2" });
      const { epoch } = owner.info();
      for (const each of [room, room.restart()]) {
        const bob = await each.join("bob", { cursor: `${epoch}.1` });
        expect(await bob.messages(3)).toMatchObject([
          { from: "ada", offset: 0, data: "." },
          { from: "bot", offset: 1, data: "." },
          { from: "ada", offset: 2, data: "." },
        ]);
        expect(await each.core.owner.append(seq, ".", { from: "bot", id: "bot1" })).toMatchObject({
          dup: true,
        });
      }
    }));

  test("[OPS-4] in one flush with others is applied in their order", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "");
      ada.receive(operation("append", seq, { data: "a" }));
      ada.receive(operation("append", seq, { data: "b" }));
      ada.receive(operation("edit", seq, { data: "c" }));
      ada.receive(operation("append", seq, { data: "d" }));
      ada.receive({ type: "publish", id: "m", data: "message" });
      ada.receive(operation("append", seq, { data: "e" }));
      const received = await ada.messages(6);
      expect(received).toMatchObject([
        { data: "a", offset: 0 },
        { data: "b", offset: 1 },
        { op: "edit" },
        { data: "d", offset: 1 },
        { id: "m" },
        { data: "e", offset: 2 },
      ]);
      for (const each of [room, room.restart()])
        expect(historyOf(each)).toMatchObject([{ seq, data: "cde" }, { data: "message" }]);
    }));

  test("[OPS-4] to more messages than memory holds is stored at once, or refused for a moment", () =>
    withRoom(async (room) => {
      const { owner } = room.core;
      const from = "ada";
      const seqs: number[] = [];
      for (let i = 0; i < 300; i++) seqs.push((await owner.publish("x".repeat(60_000), { from })).seq);
      const results = await Promise.allSettled(seqs.map((seq) => owner.append(seq, "!", { from })));
      const refusals = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
      expect(refusals.length).toBeGreaterThan(10);
      expect(refusals.length).toBeLessThan(50);
      for (const refusal of refusals)
        expect(refusal).toMatchObject({ code: "rate_limited", retryAfter: 1000 });
      for (const each of [room, room.restart()])
        results.forEach(({ status }, i) => {
          const { data } = each.core.owner.message(seqs[i] ?? 0);
          expect(String(data).endsWith("!")).toBe(status === "fulfilled");
        });
    }));

  test("[OPS-7] counts with those that it is joined with as one message of a replay", () =>
    withRoom(
      async (room) => {
        const { owner } = room.core;
        const from = "ada";
        const { seq } = await owner.publish("", { from });
        for (let i = 0; i < 60; i++) await owner.append(seq, ".", { from });
        const { epoch } = owner.info();
        const resumed = async () => (await room.join("bob", { cursor: `${epoch}.1` })).frame("messages");
        expect(await resumed()).toMatchObject({ first: 2, last: 61, messages: [{ data: ".".repeat(60) }] });
        for (let i = 0; i < 50; i++) await owner.publish(i, { from });
        // A fresh start has no history here.
        const late = await room.join("bob", { cursor: `${epoch}.1` });
        await owner.publish("next", { from });
        expect(await late.message()).toMatchObject({ data: "next" });
      },
      { RESUME_MESSAGES: "50" },
    ));
});
