import { describe, expect, test } from "vitest";
import { matches, parseQuery } from "../../../src/app/search/query.ts";

const find = (input: string, text: string, name = "Ada Lovelace") => {
  const query = parseQuery(input);
  return query !== undefined && matches(query, name, text);
};

describe("parseQuery", () => {
  test.each([
    ["Release NOTES", ["release", "notes"], []],
    ['"release notes" draft', ["release notes", "draft"], []],
    ["from:ada plan", ["plan"], ["ada"]],
    ['from: "Ada L" from:Bob', [], ["ada l", "bob"]],
    ["来自：小明 会议", ["会议"], ["小明"]],
    ["“引用 短语”", ["引用 短语"], []],
    ["from:", ["from:"], []],
    ['"open', ['"open'], []],
  ])("[PAGE-30] reads %j as words %j by %j", (input, words, authors) => {
    expect(parseQuery(input)).toEqual({ words, authors });
  });

  test.each(["", "  ", '""', "\u00ad \u0301"])("[PAGE-30] finds nothing to look for in %j", (input) => {
    expect(parseQuery(input)).toBeUndefined();
  });

  test("[PAGE-31] bounds what it takes", () => {
    expect(parseQuery("w ".repeat(5000))?.words.length).toBe(20);
  });
});

describe("matches", () => {
  test.each([
    ["NOTES release", "the Release\nand its notes"],
    ["resume", "my résumé"],
    ["间的", "这个房间的历史"],
    ["from:lovelace", "anything"],
    ["from:bob from:ada x", "x"],
    ["(a+b)* [c]", "(a+b)* [c]"],
  ])("[PAGE-30] finds %j in %j", (input, text) => {
    expect(find(input, text)).toBe(true);
  });

  test.each([
    ["release notes", "the release"],
    ['"notes release"', "release notes, release"],
    ["from:bob", "bob"],
    [".*", "anything"],
  ])("[PAGE-30] does not find %j in %j", (input, text) => {
    expect(find(input, text)).toBe(false);
  });
});
