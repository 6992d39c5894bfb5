import { beforeAll, describe, expect, test } from "vitest";
import { en as english } from "../../../src/app/i18n/en.ts";
import { enMore as englishMore } from "../../../src/app/i18n/en-more.ts";
import { errorText, loadLanguage, matchLanguage } from "../../../src/app/i18n/index.ts";
import { zh as chinese } from "../../../src/app/i18n/zh.ts";
import { zhMore as chineseMore } from "../../../src/app/i18n/zh-more.ts";

describe("matchLanguage", () => {
  test.each([
    [["zh-TW", "en"], "zh-CN"],
    [["zh"], "zh-CN"],
    [["de-DE", "en-GB", "zh-CN"], "en"],
    [["de"], "en"],
    [[], "en"],
  ])("[PAGE-5] picks the first supported language: %j gives %s", (preferred, language) => {
    expect(matchLanguage(preferred)).toBe(language);
  });
});

describe("errorText", () => {
  beforeAll(() => loadLanguage());

  test("[PAGE-8] returns the page's text for a code that it knows", () => {
    expect(errorText("rate_limited", "slow down")).toBe(english.errors.rate_limited);
  });

  test.each(["something_new", "constructor", undefined])(
    "[PAGE-8] returns the message of the service for the unknown code %j",
    (code) => {
      expect(errorText(code, "the message")).toBe("the message");
    },
  );
});

describe("languages", () => {
  const textsOf = (texts: object): [string, unknown][] =>
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === "object" && value !== null
        ? textsOf(value).map(([inner, text]): [string, unknown] => [`${key}.${inner}`, text])
        : [[key, value]],
    );
  const en = new Map(textsOf({ ...english, ...englishMore }));
  const zh = new Map(textsOf({ ...chinese, ...chineseMore }));

  test("[PAGE-5] have the same keys", () => {
    expect([...zh.keys()]).toEqual([...en.keys()]);
  });

  test("[PAGE-5] have no untranslated text but the names of frames", () => {
    const untranslated = [...zh]
      .filter(([key, value]) => typeof value === "string" && value === en.get(key))
      .map(([key]) => key);
    expect(untranslated).toEqual(["opcodes.ping", "opcodes.pong"]);
  });
});
