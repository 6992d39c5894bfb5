import { describe, expect, test } from "vitest";
import {
  limitCombiningMarks,
  toIsolatedLine,
  toPlainLine,
  truncate,
} from "../../../src/app/format/untrusted-text.ts";

describe("toPlainLine", () => {
  test("[PAGE-6] removes bidirectional controls and line breaks", () => {
    expect(toPlainLine("a\u202eb\u2066c\u2069\n d\u200f")).toBe("abc d");
  });
});

describe("toIsolatedLine", () => {
  test("[PAGE-6] wraps the text in isolates after removing its own controls", () => {
    expect(toIsolatedLine("Ada\u2069\u202e")).toBe("\u2068Ada\u2069");
  });
});

describe("limitCombiningMarks", () => {
  test("[PAGE-6] keeps at most six marks on a letter", () => {
    expect(limitCombiningMarks(`a${"\u0301".repeat(10_000)}b`)).toBe(`a${"\u0301".repeat(6)}b`);
  });

  test.each(["Tiếng Việt", "שָׁלוֹם עֲלֵיכֶם", "สวัสดีครับ", "नमस्ते क्ष्म्य", "👨‍👩‍👧"])(
    "[PAGE-6] leaves %s unchanged",
    (text) => {
      expect(limitCombiningMarks(text)).toBe(text);
    },
  );
});

describe("truncate", () => {
  test.each([
    ["abc", 10, 3, "abc"],
    ["abcdef", 3, 3, "abc"],
    ["ab😀", 3, 3, "ab"],
    ["a\nb\nc\nd", 10, 2, "a\nb"],
    ["a\nb", 10, 2, "a\nb"],
    ["\n\n\n", 10, 1, ""],
  ])("[PAGE-6] cuts %j at %i code units and %i lines to %j", (text, units, lines, expected) => {
    expect(truncate(text, units, lines)).toBe(expected);
  });
});
