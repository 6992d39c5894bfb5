import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { whatIsMissing } from "../../src/protocol/fields.ts";
import { HISTORY_LIMIT, ID_CHARS } from "../../src/protocol/limits.ts";
import { binaryUpSchema, UP_TYPES, upSchema } from "../../src/protocol/up.ts";

const accepts = (event: unknown) => v.safeParse(upSchema, event).success;

describe("UP_TYPES", () => {
  test("lists the types in the order in which error messages name them", () => {
    expect(UP_TYPES).toEqual(["publish", "signal", "presence", "history", "received", "auth"]);
  });
});

describe("the id of an event", () => {
  test.each([
    ["is not empty", "", false],
    ["can have one character", "a", true],
    ["can have 64 characters", "a".repeat(ID_CHARS), true],
    ["cannot have 65", "a".repeat(ID_CHARS + 1), false],
    ["is not a number", 7, false],
    ["is not null", null, false],
  ])("[LIM-7] %s", (_what, id, good) => {
    expect(accepts({ type: "publish", id, data: 1 })).toBe(good);
    expect(accepts({ type: "history", id })).toBe(good);
    expect(v.safeParse(binaryUpSchema, { type: "publish", id }).success).toBe(good);
  });
});

describe("a history event", () => {
  test.each([
    [0, false],
    [1, true],
    [HISTORY_LIMIT.max, true],
    [HISTORY_LIMIT.max + 1, false],
    [1.5, false],
    ["50", false],
  ])("[LIM-7] with the limit %j: valid is %j", (limit, good) => {
    expect(accepts({ type: "history", id: "h", limit })).toBe(good);
  });

  test.each([
    [-1, false],
    [0, true],
    [Number.MAX_SAFE_INTEGER, true],
    [Number.MAX_SAFE_INTEGER + 1, false],
    [0.5, false],
    [null, false],
  ])("[LIM-7] before %j: valid is %j", (before, good) => {
    expect(accepts({ type: "history", id: "h", before })).toBe(good);
  });

  test("has the default limit where none is given", () => {
    expect(v.parse(upSchema, { type: "history", id: "h" })).toEqual({
      type: "history",
      id: "h",
      limit: HISTORY_LIMIT.default,
    });
  });
});

describe("a publish event", () => {
  test.each([
    ["null", null, true],
    ["false", false, true],
    ["an empty string", "", true],
    ["no value", undefined, false],
  ])("with the data %s", (_what, data, good) => {
    const event = { type: "publish" as const, id: "a", data };
    expect(accepts(event) && whatIsMissing(event) === undefined).toBe(good);
  });

  test.each([
    ["edit", { op: "edit" }, "target"],
    ["edit", { op: "edit", target: 1 }, "data"],
    ["delete", { op: "delete" }, "target"],
    ["append", { op: "append", target: 1 }, "data"],
    ["append", { op: "append", target: 1, data: 7 }, "data"],
    ["react", { op: "react", target: 1 }, "key"],
    ["unreact", { op: "unreact", target: 1 }, "key"],
    ["react", { op: "react", target: 1, key: "\ud800" }, "key"],
  ] as const)("[OPS-1] of the operation %s, %j, needs the %s", (_op, fields, missing) => {
    expect(whatIsMissing(fields)).toMatch(new RegExp(`^${missing} `));
  });

  test.each([
    ["", false],
    ["👍", true],
    ["x".repeat(64), true],
    ["x".repeat(65), false],
    [7, false],
  ])("[OPS-1] with the key %j: valid is %j", (key, good) => {
    expect(accepts({ type: "publish", id: "a", op: "react", target: 1, key })).toBe(good);
  });
});

describe("a signal event", () => {
  test.each([
    ["no member", [], false],
    ["one member", ["a"], true],
    ["100 members", Array(100).fill("a"), true],
    ["101 members", Array(101).fill("a"), false],
    ["a member id that is a number", [1], false],
  ])("[LIM-7] to %s", (_what, to, good) => {
    expect(accepts({ type: "signal", data: 1, to })).toBe(good);
  });
});
