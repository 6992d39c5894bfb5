import { describe, expect, test } from "vitest";
import {
  contentOfData,
  editableText,
  summaryOf,
  toChatMessage,
  withText,
} from "../../../src/app/chat/chat-message.ts";
import type { TimelineItem } from "../../../src/client/core.ts";

const item = (fields: Partial<TimelineItem>): TimelineItem => ({
  key: "e.1",
  id: "m1",
  seq: 1,
  at: 5,
  from: "ada",
  name: "Ada",
  status: "sent",
  ...fields,
});

describe("toChatMessage", () => {
  test.each<[string, Partial<TimelineItem>, object]>([
    ["text", { data: { text: "hello" } }, { kind: "text", text: "hello" }],
    ["a string of a plain socket", { data: "hello" }, { kind: "text", text: "hello" }],
    ["other JSON", { data: { a: 1 } }, { kind: "text", text: '{"a":1}' }],
    ["bytes", { bytes: new Uint8Array([1]) }, { kind: "bytes", bytes: new Uint8Array([1]) }],
    ["nothing where the message was deleted", { deleted: true }, { kind: "deleted" }],
  ])("[PAGE-1] shows %s", (_, fields, content) => {
    expect(toChatMessage(item(fields))?.content).toEqual(content);
  });

  test("[PAGE-1] says whether the message was edited", () => {
    expect(toChatMessage(item({ data: "a" }))?.isEdited).toBe(false);
    expect(toChatMessage(item({ data: "b", edited: 9 }))?.isEdited).toBe(true);
  });

  test("[PAGE-2] returns the same message for the same item, and none for one that is pending", () => {
    const sent = item({ data: "a" });
    expect(toChatMessage(sent)).toBe(toChatMessage(sent));
    const { seq: _, at: __, ...pending } = item({ data: "a", status: "sending" });
    expect(toChatMessage(pending)).toBeUndefined();
  });
});

describe("the text of an edit", () => {
  const edited = (data: unknown) => {
    const message = toChatMessage(item({ data }));
    return message && [editableText(message), withText(message.data, "new")];
  };

  test("[PAGE-14] replaces a string, or the text of an object, and keeps the fields of other clients", () => {
    expect(edited("old")).toEqual(["old", "new"]);
    expect(edited({ text: "old", color: "red" })).toEqual(["old", { text: "new", color: "red" }]);
  });

  test("[PAGE-14] is the text beside a file of the file store, which stays", () => {
    const stored = { file: { name: "lake.webp" }, thumbnail: "data:" };
    expect(edited({ ...stored, text: "old" })).toEqual(["old", { ...stored, text: "new" }]);
    for (const data of [stored, { ...stored, text: "" }]) expect(edited(data)?.[0]).toBeUndefined();
  });

  test.each([[{ a: 1 }], [null], [7], [["text"]]])("[PAGE-14] is none for the data %j", (data) => {
    expect(edited(data)?.[0]).toBeUndefined();
  });

  test("[PAGE-14] is none for a file and for a deleted message", () => {
    for (const fields of [{ bytes: new Uint8Array([1]) }, { deleted: true }]) {
      const message = toChatMessage(item(fields));
      expect(message && editableText(message)).toBeUndefined();
    }
  });
});

test("[PAGE-2] a file of the file store in words is its text and its name", () => {
  const file = { name: "lake.webp" };
  expect(summaryOf(contentOfData({ file, text: "The lake" }))).toBe("The lake (lake.webp)");
  expect(summaryOf(contentOfData({ file }))).toBe("lake.webp");
});
