import { expect, test } from "vitest";
import { isDeeper } from "../../src/protocol/json.ts";
import { fitsUtf8, mayFit, utf8Length } from "../../src/protocol/text.ts";

/** `levels` arrays inside each other. */
function nested(levels: number): unknown {
  return JSON.parse("[".repeat(levels) + "]".repeat(levels));
}

test.each([
  ["nothing", ""],
  ["ASCII", "plain"],
  ["the last of one byte and the first of two", "\u007f\u0080"],
  ["the last of two bytes and the first of three", "\u07ff\u0800"],
  ["either side of the surrogates", "\ud7ff\ue000"],
  ["the last of three bytes and the first of four", "\uffff\u{10000}"],
  ["the last of all", "\u{10ffff}"],
  ["pairs in a row", "🐭🐭"],
  ["a high surrogate at the end", "a\ud800"],
  ["a high surrogate before a letter", "\ud800a"],
  ["a high surrogate before a pair", "\ud800\ud83d\udc2d"],
  ["a low surrogate alone", "\udc00a"],
  ["a pair the wrong way round", "\udc2d\ud83d"],
])("the length in UTF-8 of %s is what an encoder makes of it", (_what, text) => {
  expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
});

test.each([
  ["one byte each", "a".repeat(9), 9],
  ["two bytes each", "é".repeat(9), 18],
  ["three bytes each", "大".repeat(9), 27],
  ["four bytes each", "🐭".repeat(9), 36],
])("text of %s fits its own size, and not one byte less", (_what, text, bytes) => {
  expect(fitsUtf8(text, bytes)).toBe(true);
  expect(fitsUtf8(text, bytes - 1)).toBe(false);
});

test("nothing fits in no bytes at all, and nothing else does", () => {
  expect(fitsUtf8("", 0)).toBe(true);
  expect(fitsUtf8("a", 0)).toBe(false);
});

test.each([
  ["a number", 1, 0],
  ["a string, which has no inside", "[[[[", 0],
  ["null", null, 0],
  ["an empty array", [], 1],
  ["an empty object", {}, 1],
  ["arrays in objects in arrays", [{ a: [1] }], 3],
  ["the deepest of many", [1, [], { a: { b: [{}] } }, []], 5],
  ["a hundred levels", nested(100), 100],
])("%s is as deep as its nesting", (_what, json, depth) => {
  expect(isDeeper(json, depth)).toBe(false);
  if (depth > 0) expect(isDeeper(json, depth - 1)).toBe(true);
});

test("what is far too deep is found so without a look at all of it", () => {
  expect(isDeeper(nested(100_000), 128)).toBe(true);
});

test.each([
  ["shorter than that", "[1]", 3, true],
  ["longer, without an escape", "[1,2]", 4, false],
  ["longer by what an escape saves", '"\\u0061"', 3, true],
  ["longer by more", '"\\u0061"', 2, false],
  ["longer by what a short escape saves", '"\\/"', 3, true],
  ["longer by more than that", '"\\/"', 2, false],
  ["longer, where a backslash is escaped itself", '"\\\\\\\\\\\\\\\\"', 1, false],
])("[LIM-30] JSON may fit where it is %s", (_what, json, max, fits) => {
  expect(mayFit(json, max)).toBe(fits);
  expect(mayFit(new TextEncoder().encode(json), max)).toBe(fits);
});
