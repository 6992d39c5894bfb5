import { describe, expect, test } from "vitest";
import type { RoomMessage } from "../../../src/client/index.ts";
import { applyOperation } from "../../../src/client/timeline/fold.ts";
import { itemOf, type SentItem } from "../../../src/client/timeline/item.ts";

const message = { seq: 1, at: 1, id: "1", from: "ada", name: "Ada", data: "text" };
const item = (fields: object = {}): SentItem<unknown> =>
  itemOf({ ...message, ...fields } as RoomMessage, "k", "me");

/** Applies operations of bob to an item, from seq 2 on. */
function fold(start: SentItem<unknown>, ...operations: object[]): SentItem<unknown> {
  return operations.reduce<SentItem<unknown>>((folded, operation, i) => {
    const full = { seq: i + 2, at: i + 2, id: `${i}`, from: "bob", name: "Bob", target: 1, ...operation };
    return applyOperation(folded, full as RoomMessage, "me");
  }, start);
}

const append = (data: unknown, offset?: number) => ({
  op: "append",
  data,
  ...(offset !== undefined && { offset }),
});

describe("applyOperation", () => {
  test("[VIEW-4] edits, and drops what was there before", () => {
    const bytes = new Uint8Array([1]);
    expect(fold(item(), { op: "edit", data: "new" })).toMatchObject({ data: "new", edited: 2, version: 2 });
    expect(fold(item({ bytes, data: undefined }), { op: "edit", data: "new" })).not.toHaveProperty("bytes");
    expect(fold(item(), { op: "edit", bytes })).toEqual({ ...item({ bytes }), edited: 2, version: 2 });
  });

  test("[VIEW-4] deletes the content, and applies nothing after that", () => {
    const deleted = fold(item(), { op: "react", key: "+1" }, { op: "edit", data: "x" }, { op: "delete" });
    const { data: _, ...rest } = item();
    expect(deleted).toEqual({ ...rest, deleted: true, version: 4 });
    expect(fold(deleted, { op: "edit", data: "x", seq: 9 }, { op: "react", key: "+1", seq: 10 })).toBe(
      deleted,
    );
    expect(fold(item({ stream: "open" }), { op: "delete" })).not.toHaveProperty("stream");
    expect(item({ deleted: true, reactions: {}, edited: 1 })).toEqual({ ...rest, deleted: true });
  });

  test("[VIEW-4] appends to a string, or to the text of an object", () => {
    expect(fold(item(), append("!", 4), append("?", 5)).data).toBe("text!?");
    expect(fold(item({ data: { text: "a", more: 1 } }), append("b", 1)).data).toEqual({
      text: "ab",
      more: 1,
    });
    expect(fold(item(), append("!")).data).toBe("text!");
  });

  test.each([
    ["all of it is there", append("xt", 2), "text"],
    ["a part of it is there", append("xt!", 2), "text!"],
    ["a part before it is missing", append("!", 9), "text"],
    ["the target has no text", append("!", 0), 7],
    ["it is not a text", append(7, 4), "text"],
  ])("[VIEW-4] recognises an append by its offset: %s", (_, operation, data) => {
    expect(fold(item(data === 7 ? { data } : {}), operation).data).toBe(data);
  });

  test("[VIEW-4] counts each member of a reaction once", () => {
    const react = (from: string, op = "react") => ({ op, from, key: "+1" });
    const both = fold(item(), react("bob"), react("bob"), react("me"), react("me"));
    expect(both.reactions).toEqual({ "+1": { count: 2, members: ["bob", "me"], mine: true } });
    const one = fold(both, { ...react("me", "unreact"), seq: 9 }, { ...react("eve", "unreact"), seq: 10 });
    expect(one.reactions).toEqual({ "+1": { count: 1, members: ["bob"], mine: false } });
    expect(fold(one, { ...react("bob", "unreact"), seq: 11 })).not.toHaveProperty("reactions");
  });

  test("[VIEW-4] lists twenty members of a reaction, and counts the others", () => {
    const many = Array.from({ length: 25 }, (_, i) => ({ op: "react", from: `m${i}`, key: "+1" }));
    const { reactions } = fold(item(), ...many);
    expect(reactions?.["+1"]).toMatchObject({ count: 25, members: { length: 20 } });
    const fewer = fold(fold(item(), ...many), { op: "unreact", from: "m24", key: "+1", seq: 99 });
    expect(fewer.reactions?.["+1"]?.count).toBe(24);
  });

  test("[VIEW-4] takes any key for a reaction, also a name of Object.prototype", () => {
    const reacted = fold(item(), { op: "react", key: "__proto__" }, { op: "react", key: "toString" });
    expect(Object.keys(reacted.reactions ?? {})).toEqual(["__proto__", "toString"]);
    expect(fold(reacted, { op: "unreact", key: "__proto__", seq: 9 }).reactions).toHaveProperty("toString");
  });

  test("[VIEW-4] skips an operation that a page has applied already", () => {
    const loaded = item({ data: "text!", version: 5 });
    expect(fold(loaded, append("!", 4), { op: "edit", data: "old" })).toBe(loaded);
  });

  test("[VIEW-4] tells which reactions are this member's own where a frame does not", () => {
    const reactions = { "+1": { count: 2, members: ["ada", "me"] }, heart: { count: 1, members: ["ada"] } };
    expect(item({ reactions }).reactions).toMatchObject({ "+1": { mine: true }, heart: { mine: false } });
  });
});
