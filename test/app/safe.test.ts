import { expect, test } from "vitest";
import { drawn, hueOf, initialsOf } from "../../src/app/format/people.ts";
import { roomOf, roomTyped, visited } from "../../src/app/format/place.ts";
import { flat, isolated, startOf, tokenOf, unpiled } from "../../src/app/format/safe.ts";
import { bestOf, LANGUAGES, told } from "../../src/app/text/index.ts";

test("[PAGE-6] overrides, isolates and line breaks do not get into a title or a label", () => {
  expect(flat("a\u202eb\u2066c\u2069\n d\u200f")).toBe("abc d");
  expect(isolated("Ada\u2069\u202e")).toBe("\u2068Ada\u2069");
});

test("[PAGE-6] piled marks are cut to what scripts use, and scripts are left as they are", () => {
  expect(unpiled(`a${"\u0301".repeat(10_000)}b`)).toBe(`a${"\u0301".repeat(6)}b`);
  for (const text of ["Tiếng Việt", "שָׁלוֹם עֲלֵיכֶם", "สวัสดีครับ", "नमस्ते क्ष्म्य", "👨‍👩‍👧"])
    expect(unpiled(text)).toBe(text);
});

test("[PAGE-6] the start of a long text ends between characters, at so many lines", () => {
  expect(startOf("abc", 10, 3)).toBe("abc");
  expect(startOf("abcdef", 3, 3)).toBe("abc");
  expect(startOf("ab😀", 3, 3)).toBe("ab");
  expect(startOf("a\nb\nc\nd", 10, 2)).toBe("a\nb");
  expect(startOf("a\nb", 10, 2)).toBe("a\nb");
  expect(startOf("\n\n\n", 10, 1)).toBe("");
});

test("[PAGE-5] initials are one or two signs of any script", () => {
  const names = [
    "Ada Lovelace",
    "ada",
    "陈思远",
    "Jean-Luc Picard",
    "  ",
    "😀",
    "Ünal",
    "אורי כהן",
    "x\u202e y",
  ];
  expect(names.map(initialsOf)).toEqual(["AL", "A", "陈", "JP", "", "😀", "Ü", "אכ", "XY"]);
});

test("[PAGE-5] a member has one colour, whatever it is called", () => {
  expect(hueOf("guest_a")).toBe(hueOf("guest_a"));
  const hues = new Set(Array.from({ length: 200 }, (_, i) => hueOf(`guest_${i}`)));
  expect(hues.size).toBe(18);
  expect([...hues].every((hue) => hue >= 0 && hue < 360)).toBe(true);
});

test("[PAGE-1] the room of an address", () => {
  const rooms = ["#lobby", "", "#", "#%E5%A4%A7%20x", "#100%", "#a%2Fb"].map(roomOf);
  expect(rooms).toEqual(["lobby", "lobby", "lobby", "大 x", "100%", "a/b"]);
});

test("[PAGE-1] a room that was visited stays where it is in the list, and the list has an end", () => {
  expect(visited(["a", "b"], "b")).toEqual(["a", "b"]);
  const many = Array.from({ length: 12 }, (_, i) => `${i}`);
  expect(visited(many, "new")).toEqual(["new", ...many.slice(0, 11)]);
});

test("[PAGE-5] the reader's language is taken where this page speaks it", () => {
  expect(bestOf(["zh-TW", "en"])).toBe("zh-CN");
  expect(bestOf(["zh"])).toBe("zh-CN");
  expect(bestOf(["de-DE", "en-GB", "zh-CN"])).toBe("en");
  expect(bestOf(["de"])).toBe("en");
  expect(bestOf([])).toBe("en");
});

test("[PAGE-5] no sentence of one language is missing or left as it was in the other", () => {
  const sentences = (words: object): [string, unknown][] =>
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === "object" && value !== null
        ? sentences(value).map(([inner, one]): [string, unknown] => [`${key}.${inner}`, one])
        : [[key, value]],
    );
  const en = new Map(sentences(LANGUAGES.en));
  const zh = new Map(sentences(LANGUAGES["zh-CN"]));
  expect([...zh.keys()]).toEqual([...en.keys()]);
  const same = [...zh]
    .filter(([key, value]) => typeof value === "string" && value === en.get(key))
    .map(([key]) => key);
  expect(same).toEqual(["opcodes.ping", "opcodes.pong"]);
});

test.each([
  ["eyJ.a-b_c.d", "eyJ.a-b_c.d"],
  ['  "eyJ.a.b"\n', "eyJ.a.b"],
  ["\u201ceyJ.\n  a.b\u201d", "eyJ.a.b"],
  ["", undefined],
  ["令牌", undefined],
  ["a,b", undefined],
  ["a=", undefined],
])("[PAGE-8] of %j, pasted as a token, %j is taken", (pasted, expected) => {
  expect(tokenOf(pasted)).toBe(expected);
});

test("[PAGE-6] a name is drawn as it is read, and one that nobody could see has a stand-in", () => {
  expect(drawn("\u202eeteP\u2066 S.")).toBe("eteP S.");
  const blanks = ["\u200b", "\u3164", "\u2800", "\u202e ", "\u0301", "\u{e0041}", "\ufe0f"];
  expect(blanks.map(drawn)).toEqual(blanks.map(() => "(no name)"));
  expect(["A", "1", "👨‍👩‍👧", "नि", "-"].map(drawn)).toEqual(["A", "1", "👨‍👩‍👧", "नि", "-"]);
});

test("[PAGE-8] an error that has a sentence of this page says it; another one is told as the service put it", () => {
  expect(told("rate_limited", "slow down")).toBe(LANGUAGES.en.problems.rate_limited);
  expect(told("something_new", "as it is")).toBe("as it is");
  expect(told("constructor", "as it is")).toBe("as it is");
});

test("[PAGE-1] a room is opened by its name, by its name with a #, and by its address", () => {
  const typed = [
    " team ",
    "#team",
    "##team",
    "https://d.example/#team%20a",
    "https://d.example/",
    " ",
    "https://e.example/#x",
  ];
  expect(typed.map((one) => roomTyped(one, "https://d.example"))).toEqual([
    "team",
    "team",
    "#team",
    "team a",
    "lobby",
    "lobby",
    "https://e.example/#x",
  ]);
});
