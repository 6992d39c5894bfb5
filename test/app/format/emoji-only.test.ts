import { describe, expect, test } from "vitest";
import { isEmojiOnly } from "../../../src/app/format/emoji-only.ts";

describe("isEmojiOnly", () => {
  test.each([
    ["😀", true],
    ["👍🏽 👨‍👩‍👧", true],
    ["❤️", true],
    ["1", false],
    ["😀 ok", false],
    ["😀😀😀😀", false],
    ["", false],
  ])("[PAGE-1] of %j is %j", (text, expected) => {
    expect(isEmojiOnly(text)).toBe(expected);
  });
});
