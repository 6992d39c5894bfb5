import { describe, expect, test } from "vitest";
import { operated, said, withRoom } from "./operation-room.ts";

describe("a plain socket", () => {
  test("[OPS-8] receives an append as its text, and nothing of other operations", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const plain = await room.join("plain", { mode: "plain" });
      const seq = await said(ada, "one");
      await operated(ada, "edit", seq, { data: "two" });
      await operated(ada, "react", seq, { key: "x" });
      await operated(ada, "append", seq, { data: " and more" });
      await operated(ada, "delete", seq);
      await said(ada, "end");
      expect([await plain.text(), await plain.text(), await plain.text()]).toEqual([
        "one",
        " and more",
        "end",
      ]);
      const late = await room.join("late", { mode: "plain", history: 10 });
      expect(await late.text()).toBe("end");
    }));

  test("[OPS-8] receives nothing of an append without text, such as the end of a stream", () =>
    withRoom(async ({ core: { owner }, join }) => {
      const plain = await join("plain", { mode: "plain" });
      const { seq } = await owner.publish("", { from: "ada", stream: true });
      await owner.append(seq, "text", { from: "ada" });
      await owner.append(seq, "", { from: "ada", end: "complete" });
      await owner.publish("end", { from: "ada" });
      const { epoch } = owner.info();
      const returning = await join("late", { mode: "plain", cursor: `${epoch}.0` });
      for (const socket of [plain, returning])
        expect([await socket.text(), await socket.text(), await socket.text()]).toEqual(["", "text", "end"]);
    }));

  test("[OPS-8] with ops=json receives operations as JSON, live and in a replay", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const plain = await room.join("plain", { mode: "plain", operations: true });
      const seq = await said(ada, "one");
      await operated(ada, "edit", seq, { data: "two" });
      await operated(ada, "append", seq, { data: "!" });
      await operated(ada, "react", seq, { key: "x" });
      const expected = [
        "one",
        { op: "edit", target: 1, from: "ada", data: "two" },
        { op: "append", target: 1, offset: 3, from: "ada", data: "!" },
        { op: "react", target: 1, key: "x", from: "ada" },
      ].map((each) => (typeof each === "string" ? each : JSON.stringify(each)));
      const { epoch } = room.core.owner.info();
      const returning = await room.join("late", { mode: "plain", operations: true, cursor: `${epoch}.0` });
      for (const socket of [plain, returning])
        for (const each of expected) {
          const text = await socket.text();
          if (each === "one") expect(text).toBe(each);
          else expect(JSON.parse(text)).toEqual(JSON.parse(each));
        }
    }));

  test("[OPS-8] that joins amid a stream gets each part once, also where its replay takes several pages", () =>
    withRoom(async (room) => {
      const ada = await room.join("ada");
      const { owner } = room.core;
      for (let i = 0; i < 10; i++) await owner.publish("x".repeat(60_000), { from: "ada" });
      await ada.messages(10);
      const [seq, other] = [await said(ada, "A"), await said(ada, "1")];
      await operated(ada, "append", seq, { data: "B" });
      const plain = await room.join("plain", { mode: "plain", history: 100 });
      // Its last pages follow in later turns.
      for (const [target, data] of [
        [seq, "C"],
        [other, "2"],
        [seq, "D"],
      ] as const)
        await owner.append(target, data, { from: "ada" });
      await owner.publish("end", { from: "ada" });
      const texts: string[] = [];
      while (texts.at(-1) !== "end") texts.push(await plain.text());
      const text = texts.filter(({ length }) => length < 100).join("");
      expect([text.replaceAll(/[^A-Z]/g, ""), text.replaceAll(/\D/g, "")]).toEqual(["ABCD", "12"]);
    }));
});
