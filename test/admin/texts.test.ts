import { describe, expect, test } from "vitest";
import { en } from "../../src/admin/i18n/en.ts";
import { zh } from "../../src/admin/i18n/zh.ts";

const textsOf = (texts: object): [string, unknown][] =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "object" && value !== null
      ? textsOf(value).map(([inner, text]): [string, unknown] => [`${key}.${inner}`, text])
      : [[key, value]],
  );

/** Terms and names that both languages have. */
const SAME = new Set(["Webhook", "Seq", "JSON", ""]);

describe("texts of the admin page", () => {
  const english = new Map(textsOf(en));
  const chinese = textsOf(zh);

  test("[PAGE-55] has each text in both languages", () => {
    expect(chinese.map(([key]) => key)).toEqual([...english.keys()]);
  });

  test("[PAGE-55] has no text that is not translated", () => {
    const untranslated = chinese.filter(
      ([key, value]) => typeof value === "string" && value === english.get(key) && !SAME.has(value),
    );
    expect(untranslated).toEqual([]);
  });
});
