import { describe, expect, test } from "vitest";
import { foldText, foldWithPositions } from "../../../src/app/search/fold-text.ts";

describe("foldText", () => {
  test.each([
    ["Café", "cafe\u0301"],
    ["STRASSE", "straße"],
    ["ΟΔΟΣ", "οδός"],
    ["İstanbul", "istanbul"],
    ["Ｆｕｌｌ ｗｉｄｔｈ", "full width"],
    ["ﬁle", "file"],
    ["ｶﾞ", "ガ"],
    ["한국", "한국".normalize("NFD")],
    ["soft\u00adhyphen", "softhyphen"],
    ["שָׁלוֹם", "שלום"],
    ["❤️", "❤"],
  ])("[PAGE-30] gives %j and %j one form", (a, b) => {
    expect(foldText(a)).toBe(foldText(b));
  });

  test.each([
    ["か", "が"],
    ["कि", "की"],
    ["房间", "房子"],
  ])("[PAGE-30] keeps %j and %j apart", (a, b) => {
    expect(foldText(a)).not.toBe(foldText(b));
  });
});

describe("foldWithPositions", () => {
  test.each([
    "Cafe\u0301 STRAẞE",
    "ｶﾞラス 한국".normalize("NFD"),
    "👩‍👩‍👧 ok",
    "ΟΔΟΣ ΣΑΣ",
    "ﬁﬂ",
    "\ud800x",
    "שָׁלוֹם",
  ])("[PAGE-30] folds %j as foldText does, and knows where each part comes from", (original) => {
    const { text, starts, ends } = foldWithPositions(original);
    expect(text).toBe(foldText(original));
    expect(starts.length).toBe(text.length);
    for (const [i, unit] of [...text].entries())
      if (unit === text[i]) expect(foldText(original.slice(starts[i], ends[i]))).toContain(unit);
  });
});
