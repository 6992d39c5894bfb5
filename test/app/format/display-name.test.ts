import { beforeAll, describe, expect, test } from "vitest";
import { avatarHue, displayName, initialsOf } from "../../../src/app/format/display-name.ts";
import { loadLanguage } from "../../../src/app/i18n/index.ts";

beforeAll(() => loadLanguage());

describe("displayName", () => {
  test("[PAGE-6] removes characters that reorder the name", () => {
    expect(displayName("\u202eeteP\u2066 S.")).toBe("eteP S.");
  });

  test.each(["\u200b", "\u3164", "\u2800", "\u202e ", "\u0301", "\u{e0041}", "\ufe0f"])(
    "[PAGE-6] replaces the invisible name %j with a placeholder",
    (name) => {
      expect(displayName(name)).toBe("(no name)");
    },
  );

  test.each(["A", "1", "👨‍👩‍👧", "नि", "-"])("[PAGE-6] leaves the name %j unchanged", (name) => {
    expect(displayName(name)).toBe(name);
  });
});

describe("initialsOf", () => {
  test.each([
    ["Ada Lovelace", "AL"],
    ["ada", "A"],
    ["陈思远", "陈"],
    ["Jean-Luc Picard", "JP"],
    ["  ", ""],
    ["😀", "😀"],
    ["Ünal", "Ü"],
    ["אורי כהן", "אכ"],
    ["x\u202e y", "XY"],
  ])("[PAGE-5] of %j are %j", (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});

describe("avatarHue", () => {
  test("[PAGE-5] gives member ids 18 hues from 0 to 359", () => {
    const hues = new Set(Array.from({ length: 200 }, (_, i) => avatarHue(`guest_${i}`)));
    expect(hues.size).toBe(18);
    expect([...hues].every((hue) => hue >= 0 && hue < 360)).toBe(true);
  });
});
