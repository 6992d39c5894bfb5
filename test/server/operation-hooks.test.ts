import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Draft, StoredOperation } from "../../src/room/hooks/room-hooks.ts";
import { reject } from "../../src/server/reject.ts";
import { historyOf, operated, operation, refused, said } from "../room/operations/operation-room.ts";
import { waitFor } from "../support/wait-for.ts";
import { withHooks } from "./hooked-room.ts";

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe("onPublish", () => {
  test("[OPS-11] [HOOK-20] sees each operation, with what it does to which message", async () => {
    const drafts: Draft[] = [];
    await withHooks({ onPublish: (draft) => void drafts.push(draft) }, async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "one", "m");
      await operated(ada, "edit", seq, { id: "e", data: "two" });
      await operated(ada, "append", seq, { id: "a", data: "!" });
      await operated(ada, "react", seq, { id: "r", key: "x" });
      await operated(ada, "unreact", seq, { id: "u", key: "x" });
      await operated(ada, "delete", seq, { id: "d" });
      const by = { from: "ada", name: "ada" };
      expect(drafts).toEqual([
        { ...by, id: "m", data: "one" },
        { ...by, id: "e", op: "edit", target: seq, data: "two" },
        { ...by, id: "a", op: "append", target: seq, data: "!" },
        { ...by, id: "r", op: "react", target: seq, key: "x", data: "two!" },
        { ...by, id: "u", op: "unreact", target: seq, key: "x", data: "two!" },
        { ...by, id: "d", op: "delete", target: seq, data: "two!" },
      ]);
    });
  });

  test("[OPS-11] [HOOK-20] changes the data of an edit and of an append, and refuses operations", async () => {
    const onPublish = (draft: Draft) => {
      if (draft.op === "delete") throw reject("forbidden", "Nothing is deleted here.");
      return { ...draft, data: typeof draft.data === "string" ? draft.data.toUpperCase() : draft.data };
    };
    await withHooks({ onPublish }, async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "one");
      expect(await operated(ada, "edit", seq, { data: "two" })).toMatchObject({ data: "TWO" });
      expect(await operated(ada, "append", seq, { data: "x" })).toMatchObject({ data: "X", offset: 3 });
      await operated(ada, "react", seq, { key: "x" });
      expect(await refused(ada, "delete", seq)).toMatchObject({
        code: "forbidden",
        message: "Nothing is deleted here.",
      });
      expect(historyOf(room)).toMatchObject([{ data: "TWOX" }]);
      await room.core.owner.delete(seq);
      expect(historyOf(room)).toMatchObject([{ deleted: true }]);
    });
  });

  test.each<[string, (draft: Draft) => unknown]>([
    ["makes another operation", (draft) => ({ ...draft, op: "delete" })],
    ["changes the target", (draft) => ({ ...draft, target: 7 })],
    ["changes the key", (draft) => ({ ...draft, key: "y" })],
    ["leaves an append no text", (draft) => ({ ...draft, data: { text: 7 } })],
    ["leaves no data", ({ data: _, ...draft }) => draft],
  ])("[OPS-11] [HOOK-22] that %s refuses the append with hook_failed", async (_what, change) => {
    const onPublish = (draft: Draft) => (draft.op === "append" ? change(draft) : undefined);
    await withHooks({ onPublish }, async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "one");
      expect(await refused(ada, "append", seq, { data: "x" })).toMatchObject({ code: "hook_failed" });
      expect(historyOf(room)).toMatchObject([{ data: "one" }]);
    });
  });

  test("[OPS-11] [HOOK-20] for messages judges operations, because their data has the form of a message", async () => {
    type Said = { text: string };
    const onPublish = (draft: Draft) => {
      const { text } = draft.data as Said;
      if (text.includes("spam")) throw reject("forbidden", "No spam, please.");
      return { ...draft, data: { text: text.replaceAll("heck", "h*ck") } };
    };
    await withHooks({ onPublish }, async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, { text: "one", by: 7 });
      expect(await refused(ada, "append", seq, { data: " spam" })).toMatchObject({ code: "forbidden" });
      expect(await refused(ada, "edit", seq, { data: { text: "spam" } })).toMatchObject({
        code: "forbidden",
      });
      expect(await operated(ada, "append", seq, { data: ", what the heck" })).toMatchObject({
        data: ", what the h*ck",
      });
      await operated(ada, "react", seq, { key: "x" });
      await operated(ada, "unreact", seq, { key: "x" });
      expect(historyOf(room)).toMatchObject([{ data: { text: "one, what the h*ck" } }]);
      await operated(ada, "delete", seq);
      expect(historyOf(room)).toMatchObject([{ deleted: true }]);
    });
  });

  test("[OPS-11] is not asked about an operation that the room refuses", async () => {
    const drafts: Draft[] = [];
    await withHooks({ onPublish: (draft) => void drafts.push(draft) }, async (room) => {
      const [ada, bob] = [await room.join("ada"), await room.join("bob")];
      const seq = await said(ada, "one");
      await bob.message();
      await refused(bob, "edit", seq, { data: "his" });
      await refused(bob, "append", seq, { data: "his" });
      await refused(ada, "react", 99, { key: "x" });
      expect(drafts).toHaveLength(1);
    });
  });

  test("[OPS-11] [HOOK-21] is rolled back where the room refuses the operation", async () => {
    let write = () => {};
    await withHooks({ onPublish: () => write() }, async (room) => {
      const { sql } = room.state.storage;
      const count = () => sql.exec<{ n: number }>("SELECT count(*) AS n FROM seen").one().n;
      sql.exec("CREATE TABLE seen (n INTEGER)");
      const ada = await room.join("ada");
      const bob = await room.join("bob");
      const seq = await said(ada, "one");
      await bob.message();
      write = () => void sql.exec("INSERT INTO seen VALUES (1)");
      expect(await refused(bob, "edit", seq, { data: "his" })).toMatchObject({ code: "forbidden" });
      expect(await refused(ada, "append", 99, { data: "x" })).toMatchObject({ code: "invalid_target" });
      ada.receive(operation("unreact", seq, { key: "x", id: "none" }));
      expect(await ada.frame("ack")).toMatchObject({ id: "none" });
      expect(count()).toBe(0);
      await operated(ada, "react", seq, { key: "x" });
      expect(count()).toBe(1);
    });
  });

  test("[OPS-11] [HOOK-22] that fails for an operation refuses that one alone", async () => {
    const onPublish = ({ op }: Draft) => {
      if (op === "append") throw new Error("broken");
    };
    await withHooks({ onPublish }, async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "one");
      ada.receive(operation("append", seq, { data: "x", id: "a" }));
      ada.receive(operation("edit", seq, { data: "two", id: "e" }));
      expect(await ada.frame("error")).toMatchObject({ id: "a", code: "hook_failed" });
      expect(await ada.message()).toMatchObject({ id: "e", data: "two" });
      expect(historyOf(room.restart())).toMatchObject([{ data: "two", version: 2 }]);
    });
  });
});

describe("onOperation", () => {
  test("[OPS-11] [HOOK-23] that fails amid joined appends gets all of their text at its next call", async () => {
    let fails = true;
    const texts = new Map<number, string>();
    const onOperation = ({ target, offset = 0, data }: StoredOperation) => {
      if (target === 1 && fails) throw new Error("Not yet.");
      const text = texts.get(target) ?? "";
      expect(text.length).toBeGreaterThanOrEqual(offset);
      texts.set(target, text + String(data).slice(text.length - offset));
    };
    const first = Promise.withResolvers<void>();
    await withHooks({ onMessage: () => first.promise, onOperation }, async (room) => {
      const { owner } = room.core;
      const from = "ada";
      await owner.publishMany([{ data: "" }, { data: "" }], { from });
      for (const [target, text] of [
        [1, "a"],
        [2, "b"],
        [1, "c"],
      ] as const)
        await owner.append(target, text, { from });
      first.resolve();
      await waitFor(() => expect(texts.get(2)).toBe("b"));
      fails = false;
      const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 5000);
      await waitFor(() => {
        room.core.alarm();
        expect(texts.get(1)).toBe("ac");
      });
      clock.mockRestore();
    });
  });

  test("[OPS-3] [HOOK-23] gets nothing of a message that was deleted before its turn", async () => {
    const seen: unknown[] = [];
    const first = Promise.withResolvers<void>();
    const see = async ({ op, data }: Partial<StoredOperation>) => {
      seen.push(op ?? data);
      if (seen.length === 1) await first.promise;
    };
    await withHooks({ onMessage: see, onOperation: see }, async ({ core: { owner } }) => {
      const from = "ada";
      await owner.publishMany([{ data: "one" }, { data: "secret" }, { data: "three" }], { from });
      await owner.edit(2, "secret", { from });
      await waitFor(() => expect(seen).toEqual(["one"]));
      await owner.delete(2, { from });
      first.resolve();
      await waitFor(() => expect(seen).toEqual(["one", "three", "delete", "delete"]));
    });
  });

  test("[OPS-11] [HOOK-23] is called for each operation in the order of the log, between the calls of onMessage", async () => {
    const seen: string[] = [];
    const hooks = {
      onMessage: ({ seq }: { seq: number }) => void seen.push(`message ${seq}`),
      onOperation: ({ seq, op, target }: StoredOperation) => void seen.push(`${op} ${seq} of ${target}`),
    };
    await withHooks(hooks, async (room) => {
      const ada = await room.join("ada");
      const seq = await said(ada, "one");
      await operated(ada, "edit", seq, { data: "two" });
      await said(ada, "three");
      await operated(ada, "react", seq, { key: "x" });
      await operated(ada, "delete", seq);
      await waitFor(() =>
        expect(seen).toEqual(["message 1", "edit 2 of 1", "message 3", "react 4 of 1", "delete 5 of 1"]),
      );
    });
  });

  test("[OPS-11] [HOOK-23] a message that is deleted before its turn is not handed to onMessage", async () => {
    const seen: unknown[] = [];
    const { promise: hanging, resolve: release } = Promise.withResolvers<void>();
    const onMessage = async ({ seq, data }: { seq: number; data: unknown }) => {
      if (seq === 1) await hanging;
      seen.push([seq, data]);
    };
    await withHooks({ onMessage }, async (room) => {
      const ada = await room.join("ada");
      await said(ada, "first");
      const seq = await said(ada, "secret");
      await operated(ada, "delete", seq);
      await said(ada, "last");
      release();
      await waitFor(() =>
        expect(seen).toEqual([
          [1, "first"],
          [4, "last"],
        ]),
      );
    });
  });

  test("[OPS-11] a hook edits and deletes messages of others, and appends to its own", async () => {
    let edit = async (_seq: number) => {};
    const onMessage = ({ seq, data }: { seq: number; data: unknown }) =>
      data === "bad" ? edit(seq) : undefined;
    await withHooks({ onMessage }, async (room) => {
      const { owner } = room.core;
      edit = async (seq) =>
        void (await owner.edit(seq, "good", { id: `fix-${seq}`, from: "bot", name: "Bot" }));
      const ada = await room.join("ada");
      await said(ada, "bad");
      expect(await ada.message()).toMatchObject({
        op: "edit",
        target: 1,
        from: "bot",
        name: "Bot",
        data: "good",
      });
      await owner.append(1, "!", { from: "bot" });
      expect(await ada.message()).toMatchObject({ op: "append", data: "!", offset: 4 });
    });
  });
});
