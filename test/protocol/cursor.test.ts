import { describe, expect, test } from "vitest";
import { formatCursor, parseCursor } from "../../src/protocol/cursor.ts";

describe("parseCursor", () => {
  test.each([
    ["a1b2", 0],
    ["a1b2", 7],
    ["大", Number.MAX_SAFE_INTEGER],
  ])("reads what formatCursor writes: %s and %d", (epoch, seq) => {
    expect(parseCursor(formatCursor(epoch, seq))).toEqual({ epoch, seq });
  });

  test("reads a seq with leading zeros", () => {
    expect(parseCursor("abc.0099")).toEqual({ epoch: "abc", seq: 99 });
  });

  test.each([
    [""],
    ["."],
    ["abc"],
    ["abc."],
    [".90"],
    ["abc.x"],
    ["abc.-1"],
    ["abc.9.0"],
    ["abc.9e1"],
    ["abc.90 "],
    ["abc.12345678901234567"],
  ])("returns undefined for %j", (text) => {
    expect(parseCursor(text)).toBeUndefined();
  });
});
