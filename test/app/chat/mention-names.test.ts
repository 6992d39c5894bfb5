import { describe, expect, test } from "vitest";
import { MentionSplitter, resolveMentions } from "../../../src/app/chat/mention-names.ts";
import { candidatesFor, mentionQueryAt } from "../../../src/app/components/mentions/mention-candidates.ts";

const KNOWN = new Map([
  ["Ada", ["u1"]],
  ["Ada Lovelace", ["u2"]],
  ["小明", ["u3"]],
  ["Sam", ["u4", "u5"]],
  ["*star*", ["u6"]],
]);
const NOBODY = new Map<string, readonly string[]>();

describe("resolveMentions", () => {
  test.each([
    ["@Ada, see this", ["u1"]],
    ["@Ada Lovelace and @Ada", ["u2", "u1"]],
    ["@Adam ada@Ada.example @nobody @", []],
    ["请@小明看，@Ada看", ["u3", "u1"]],
    ["@*star* @*star*", ["u6"]],
    ["@Sam, one of two", []],
  ])("[PAGE-22] finds the members in %j", (text, expected) => {
    expect(resolveMentions(text, { known: KNOWN, chosen: NOBODY })).toEqual(expected);
  });

  test("[PAGE-22] takes the chosen one of several members with one name, and otherwise the one from before an edit", () => {
    const chosen = new Map([["Sam", ["u5"]]]);
    expect(resolveMentions("@Sam", { known: KNOWN, chosen })).toEqual(["u5"]);
    expect(resolveMentions("@Sam", { known: KNOWN, chosen: NOBODY, before: ["u4", "u1"] })).toEqual(["u4"]);
    expect(resolveMentions("@Ada", { known: KNOWN, chosen: NOBODY, before: ["u4"] })).toEqual(["u1"]);
  });
});

describe("MentionSplitter", () => {
  test("[PAGE-23] gives the mentions of one name to the ids in their order, over all pieces of a text", () => {
    const splitter = new MentionSplitter(new Map([["Sam", ["u5", "u4"]]]));
    expect(splitter.split("a @Sam b")).toEqual(["a ", { id: "u5", text: "@Sam" }, " b"]);
    expect(splitter.split("@Sam@Sam @Samuel")).toEqual([{ id: "u4", text: "@Sam" }, "@Sam @Samuel"]);
  });

  test("[PAGE-23] splits 5,000 mentions of a name that draws nothing, or of none", () => {
    const splitter = new MentionSplitter(new Map([["\u200b\u2060", ["u1"]]]));
    const parts = splitter.split("@\u200b\u2060 ".repeat(5000));
    expect(parts.length).toBeLessThanOrEqual(10_000);
    expect(new MentionSplitter(NOBODY).split("@Ada ".repeat(5000))).toEqual(["@Ada ".repeat(5000)]);
  });
});

describe("mentionQueryAt", () => {
  test.each([
    ["@", { at: 0, text: "" }],
    ["hi @Ad", { at: 3, text: "Ad" }],
    ["你好@小", { at: 2, text: "小" }],
    ["ada@example", undefined],
    ["@ ", undefined],
    ["@a\nb", undefined],
    [`@${"a".repeat(80)}`, undefined],
    ["hello", undefined],
  ])("[PAGE-22] reads %j as %j", (text, expected) => {
    expect(mentionQueryAt(text, text.length)).toEqual(expected);
  });
});

describe("candidatesFor", () => {
  const members = ["Milo", "Emil", "Mira", "小明"].map((name, i) => ({ id: `u${i}`, name }));
  const names = (query: string) => candidatesFor(members, query).map(({ name }) => name);

  test("[PAGE-22] lists those first whose names start with the text, at most eight, and not one that is complete", () => {
    expect(names("mi")).toEqual(["Milo", "Mira", "Emil"]);
    expect(names("明")).toEqual(["小明"]);
    expect(names("Mira")).toEqual([]);
    expect(candidatesFor(Array(20).fill(members[0]), "")).toHaveLength(8);
  });
});
