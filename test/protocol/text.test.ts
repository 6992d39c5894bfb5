import { expect, test } from "vitest";
import { fitsUtf8, mayFit, utf8Length } from "../../src/protocol/text.ts";

test.each([
  ["an empty string", ""],
  ["ASCII", "plain"],
  ["the last character of one byte and the first of two", "\u007f\u0080"],
  ["the last character of two bytes and the first of three", "\u07ff\u0800"],
  ["the characters before and after the surrogates", "\ud7ff\ue000"],
  ["the last character of three bytes and the first of four", "\uffff\u{10000}"],
  ["the last character", "\u{10ffff}"],
  ["consecutive surrogate pairs", "🐭🐭"],
  ["a high surrogate at the end", "a\ud800"],
  ["a high surrogate before a letter", "\ud800a"],
  ["a high surrogate before a pair", "\ud800\ud83d\udc2d"],
  ["a lone low surrogate", "\udc00a"],
  ["a reversed pair", "\udc2d\ud83d"],
])("utf8Length counts %s as an encoder does", (_what, text) => {
  expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
});

test.each([
  ["one-byte characters", "a".repeat(9), 9],
  ["two-byte characters", "é".repeat(9), 18],
  ["three-byte characters", "大".repeat(9), 27],
  ["four-byte characters", "🐭".repeat(9), 36],
])("fitsUtf8 accepts %s up to their exact size", (_what, text, bytes) => {
  expect(fitsUtf8(text, bytes)).toBe(true);
  expect(fitsUtf8(text, bytes - 1)).toBe(false);
});

test("fitsUtf8 accepts only an empty string for 0 bytes", () => {
  expect(fitsUtf8("", 0)).toBe(true);
  expect(fitsUtf8("a", 0)).toBe(false);
});

test.each([
  ["shorter JSON", "[1]", 3, true],
  ["longer JSON without an escape", "[1,2]", 4, false],
  ["JSON that is longer by a hexadecimal escape", '"\\u0061"', 3, true],
  ["JSON that is longer by more than a hexadecimal escape", '"\\u0061"', 2, false],
  ["JSON that is longer by a short escape", '"\\/"', 3, true],
  ["JSON that is longer by more than a short escape", '"\\/"', 2, false],
  ["longer JSON of escaped backslashes", '"\\\\\\\\\\\\\\\\"', 1, false],
])("[LIM-30] mayFit counts each escape as one: %s", (_what, json, max, fits) => {
  expect(mayFit(json, max)).toBe(fits);
  expect(mayFit(new TextEncoder().encode(json), max)).toBe(fits);
});
