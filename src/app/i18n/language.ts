import { computed, signal } from "@preact/signals";
import { load } from "../browser-storage.ts";
import type { Strings } from "./en.ts";

/** The language that is shown, and its texts. What loads the texts is in `index.ts`: the admin page has texts of its own. */

export const LANGUAGE_KEY = "dormouse.language";

/** The available languages by tag (BCP 47), and the name of each. */
export const LANGUAGE_NAMES = { en: "English", "zh-CN": "简体中文" } as const;
export type Language = keyof typeof LANGUAGE_NAMES;

export function isLanguage(tag: string | undefined): tag is Language {
  return tag !== undefined && Object.hasOwn(LANGUAGE_NAMES, tag);
}

/** The first of the user's preferred languages that the page has; English if it has none of them. */
export function matchLanguage(preferred: readonly string[]): Language {
  const match = preferred.find((tag) => /^(zh|en)\b/i.test(tag)) ?? "";
  return /^zh/i.test(match) ? "zh-CN" : "en";
}

const storedLanguage = load(LANGUAGE_KEY);
export const language = signal<Language>(
  isLanguage(storedLanguage) ? storedLanguage : matchLanguage(globalThis.navigator?.languages ?? []),
);

/** The language with the user's own region, if the browser names one. It decides how times and numbers are formatted. */
export const locale = computed<string>(() => {
  const [prefix = ""] = language.value.split("-");
  return globalThis.navigator?.languages.find((tag) => tag.startsWith(prefix)) ?? language.value;
});

/** The texts of the current language. There are none before they are loaded. */
export const strings = signal<Strings>({} as Strings);

/** The text under a key that comes from outside; undefined if there is none. */
export function lookup(key: string | undefined, texts: Readonly<Record<string, string>>): string | undefined {
  return key !== undefined && Object.hasOwn(texts, key) ? texts[key] : undefined;
}
