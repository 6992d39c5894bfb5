import { describe, expect, test } from "vitest";
import { parseReply, toReply } from "../../../src/app/chat/reply.ts";

describe("parseReply", () => {
  test("[PAGE-16] returns the reply that this page sends", () => {
    const reply = toReply(7, "Ada", "How are you?");
    expect(parseReply(JSON.parse(JSON.stringify(reply)))).toEqual(reply);
  });

  test.each([
    [undefined],
    [null],
    ["text"],
    [[]],
    [{ seq: 0, name: "a", text: "b" }],
    [{ seq: 1.5, name: "a", text: "b" }],
    [{ seq: "1", name: "a", text: "b" }],
    [{ seq: 1, name: 1, text: "b" }],
    [{ seq: 1, name: "a" }],
  ])("[PAGE-16] [PAGE-6] returns nothing for %j", (value) => {
    expect(parseReply(value)).toBeUndefined();
  });

  test("[PAGE-16] [PAGE-6] bounds the name and the text, and leaves one line of each in reading order", () => {
    const reply = parseReply({
      seq: 1,
      name: "n\u202e".repeat(9000),
      text: "t\n\u2066".repeat(9000),
      more: 1,
    });
    expect(reply?.name).toMatch(/^n{1,64}$/);
    expect(reply?.text).toMatch(/^[t ]{1,160}$/);
    expect(Object.keys(reply ?? {})).toEqual(["seq", "name", "text"]);
  });
});
