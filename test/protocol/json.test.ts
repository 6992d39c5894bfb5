import { expect, test } from "vitest";
import { checkedJson, isDeeper } from "../../src/protocol/json.ts";
import { DATA_DEPTH } from "../../src/protocol/limits.ts";

/** Nested arrays. */
function nested(levels: number): unknown {
  return JSON.parse("[".repeat(levels) + "]".repeat(levels));
}

test.each([
  ["a number", 1, 0],
  ["a string of brackets", "[[[[", 0],
  ["null", null, 0],
  ["an empty array", [], 1],
  ["an empty object", {}, 1],
  ["arrays in objects in arrays", [{ a: [1] }], 3],
  ["values of different depths", [1, [], { a: { b: [{}] } }, []], 5],
  ["100 levels", nested(100), 100],
])("isDeeper finds the depth of %s", (_what, json, depth) => {
  expect(isDeeper(json, depth)).toBe(false);
  if (depth > 0) expect(isDeeper(json, depth - 1)).toBe(true);
});

test("isDeeper stops at the limit", () => {
  expect(isDeeper(nested(100_000), 128)).toBe(true);
});

test("checkedJson encodes JSON of the largest size and depth", () => {
  expect(checkedJson(["a"], "data", 5)).toBe('["a"]');
  const deepest = nested(DATA_DEPTH);
  expect(checkedJson(deepest, "data", 1000)).toBe(JSON.stringify(deepest));
});

test("checkedJson refuses JSON that is too big or too deep", () => {
  expect(() => checkedJson(["a"], "data", 4)).toThrow(expect.objectContaining({ code: "too_big" }));
  const code = "invalid_event";
  expect(() => checkedJson(nested(DATA_DEPTH + 1), "data", 1000)).toThrow(expect.objectContaining({ code }));
});
