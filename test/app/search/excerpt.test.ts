import { describe, expect, test } from "vitest";
import { excerptOf } from "../../../src/app/search/excerpt.ts";
import { parseQuery } from "../../../src/app/search/query.ts";

/** The excerpt with its matches in brackets. */
const excerpt = (text: string, query: string) =>
  excerptOf(text, parseQuery(query)?.words ?? [])
    .map(({ text, isMatch }) => (isMatch ? `[${text}]` : text))
    .join("");

describe("excerptOf", () => {
  test.each([
    ["see the Release notes", "notes release", "see the [Release] [notes]"],
    ["first\nthe plan, and a plan", "plan", "the [plan], and a [plan]"],
    ["one word\nboth of the words", "word both", "[both] of the [word]s"],
    ["我的Cafe\u0301，房间的历史", "CAFÉ 历史", "我的[Cafe\u0301]，房间的[历史]"],
    ["banana", "anan nana", "b[anana]"],
    ["\n\n  only an author", "from:ada", " only an author"],
    ["👩‍👩‍👧 ok", "ok", "👩‍👩‍👧 [ok]"],
  ])("[PAGE-30] marks in %j what %j looks for", (text, query, expected) => {
    expect(excerpt(text, query)).toBe(expected);
  });

  test("[PAGE-30] cuts a long line around the first match, and never within a character", () => {
    const cut = excerpt(`${"😀é ".repeat(90)}needle${" 😀é".repeat(90)}`, "needle");
    expect(cut).toMatch(/^….*\[needle\].*…$/u);
    expect(cut.length).toBeLessThan(400);
    expect(cut.isWellFormed()).toBe(true);
  });

  test("[PAGE-31] takes a message of the largest size", () => {
    expect(excerpt(`${"é".repeat(250_000)}x`, "x")).toMatch(/^…é+\[x\]$/);
    expect(excerpt(`x${"é".repeat(250_000)}`, "x")).toMatch(/^\[x\]é+…$/);
  });
});
