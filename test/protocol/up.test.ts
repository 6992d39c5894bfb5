import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { HISTORY_LIMIT, ID_CHARS } from "../../src/protocol/limits.ts";
import { binaryUpSchema, UP_TYPES, upSchema } from "../../src/protocol/up.ts";

const accepts = (event: unknown) => v.safeParse(upSchema, event).success;

test("every event of the union is among the types that a decoder knows, and no other", () => {
  const types = upSchema.options.map((option) => option.entries.type.literal);
  expect(types.toSorted()).toEqual(UP_TYPES.toSorted());
});

describe("ids", () => {
  test.each([
    ["none", "", false],
    ["one character", "a", true],
    ["as many as there may be", "a".repeat(ID_CHARS), true],
    ["one more", "a".repeat(ID_CHARS + 1), false],
    ["a number", 7, false],
    ["null", null, false],
  ])("[LIM-7] %s", (_what, id, good) => {
    expect(accepts({ type: "publish", id, data: 1 })).toBe(good);
    expect(accepts({ type: "history", id })).toBe(good);
    expect(v.safeParse(binaryUpSchema, { type: "publish", id }).success).toBe(good);
  });
});

describe("pages of history", () => {
  test.each([
    [0, false],
    [1, true],
    [HISTORY_LIMIT.max, true],
    [HISTORY_LIMIT.max + 1, false],
    [1.5, false],
    ["50", false],
  ])("[LIM-7] a limit of %j", (limit, good) => {
    expect(accepts({ type: "history", id: "h", limit })).toBe(good);
  });

  test.each([
    [-1, false],
    [0, true],
    [Number.MAX_SAFE_INTEGER, true],
    [Number.MAX_SAFE_INTEGER + 1, false],
    [0.5, false],
    [null, false],
  ])("[LIM-7] before %j", (before, good) => {
    expect(accepts({ type: "history", id: "h", before })).toBe(good);
  });

  test("the usual page where none is asked for", () => {
    expect(v.parse(upSchema, { type: "history", id: "h" })).toEqual({
      type: "history",
      id: "h",
      limit: HISTORY_LIMIT.default,
    });
  });
});

test.each([
  ["null", null, true],
  ["false", false, true],
  ["an empty string", "", true],
  ["nothing", undefined, false],
])("data may be any JSON: %s", (_what, data, good) => {
  expect(accepts({ type: "publish", id: "a", data })).toBe(good);
});

test.each([
  ["nobody", [], false],
  ["one", ["a"], true],
  ["a hundred", Array(100).fill("a"), true],
  ["a hundred and one", Array(101).fill("a"), false],
  ["one that is no id", [1], false],
])("[LIM-7] a signal to %s", (_what, to, good) => {
  expect(accepts({ type: "signal", data: 1, to })).toBe(good);
});
