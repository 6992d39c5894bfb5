import { describe, expect, test } from "vitest";
import { parseToken } from "../../../src/app/format/token.ts";

describe("parseToken", () => {
  test.each([
    ["eyJ.a-b_c.d", "eyJ.a-b_c.d"],
    ['  "eyJ.a.b"\n', "eyJ.a.b"],
    ["\u201ceyJ.\n  a.b\u201d", "eyJ.a.b"],
    ["", undefined],
    ["令牌", undefined],
    ["a,b", undefined],
    ["a=", undefined],
  ])("[PAGE-8] reads %j as %j", (pasted, token) => {
    expect(parseToken(pasted)).toBe(token);
  });
});
