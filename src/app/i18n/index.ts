import { batch, computed, effect, signal } from "@preact/signals";
import { load, save } from "../browser-storage.ts";
import type { Strings } from "./en.ts";
import type { MoreTexts } from "./en-more.ts";

export type { Strings };
export type MoreStrings = Strings & MoreTexts;

const STORAGE_KEY = "dormouse.language";

/**
 * The available languages by tag (BCP 47): the name of each, and its texts, which the page loads for the language that it shows. `more`
 * are those of `src/app/more.ts`.
 */
export const LANGUAGES = {
  en: {
    label: "English",
    texts: async (): Promise<Strings> => (await import("./en.ts")).en,
    more: async (): Promise<MoreTexts> => (await import("./en-more.ts")).enMore,
  },
  "zh-CN": {
    label: "简体中文",
    texts: async () => (await import("./zh.ts")).zh,
    more: async () => (await import("./zh-more.ts")).zhMore,
  },
};
export type Language = keyof typeof LANGUAGES;

function isLanguage(tag: string | undefined): tag is Language {
  return tag !== undefined && Object.hasOwn(LANGUAGES, tag);
}

/** The first of the user's preferred languages that the page has; English if it has none of them. */
export function matchLanguage(preferred: readonly string[]): Language {
  const match = preferred.find((tag) => /^(zh|en)\b/i.test(tag)) ?? "";
  return /^zh/i.test(match) ? "zh-CN" : "en";
}

const storedLanguage = load(STORAGE_KEY);
const preferredLanguage = isLanguage(storedLanguage)
  ? storedLanguage
  : matchLanguage(globalThis.navigator?.languages ?? []);
export const language = signal<Language>(preferredLanguage);

/** The language with the user's own region, if the browser names one. It decides how times and numbers are formatted. */
export const locale = computed<string>(() => {
  const [prefix = ""] = language.value.split("-");
  return globalThis.navigator?.languages.find((tag) => tag.startsWith(prefix)) ?? language.value;
});

/** The texts of the current language. There are none before the first `loadLanguage`. */
export const strings = signal<Strings>({} as Strings);

/** All texts, with those of what the page loads when it is first used. There are none before `loadMoreStrings`. */
export const moreStrings = signal<MoreStrings>({} as MoreStrings);
let usesMore = false;

/** Loads the texts of a language and shows them. Default: the user's language. */
export async function loadLanguage(tag: Language = preferredLanguage): Promise<void> {
  const { texts, more } = LANGUAGES[tag];
  const [loaded, loadedMore] = await Promise.all([texts(), usesMore ? more() : undefined]);
  batch(() => {
    language.value = tag;
    strings.value = loaded;
    if (loadedMore !== undefined) moreStrings.value = { ...loaded, ...loadedMore };
  });
}

export function loadMoreStrings(): Promise<void> {
  usesMore = true;
  return loadLanguage(language.value);
}

/** The text under a key that comes from outside; undefined if there is none. */
export function lookup(key: string | undefined, texts: Readonly<Record<string, string>>): string | undefined {
  return key !== undefined && Object.hasOwn(texts, key) ? texts[key] : undefined;
}

/** The text for an error code of the service or the SDK, or the given message if the page has no text for it. */
export function errorText(code: string | undefined, message: string): string {
  return lookup(code, strings.value.errors) ?? message;
}

/** Changes the language and stores the choice. Ignores a tag that the page does not have, and one whose texts do not load. */
export function setLanguage(tag: string): void {
  if (!isLanguage(tag)) return;
  save(STORAGE_KEY, tag);
  loadLanguage(tag).catch(() => {});
}

export function watchLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value;
  });
  addEventListener("storage", ({ key, newValue }) => {
    if (key === STORAGE_KEY) setLanguage(newValue ?? "");
  });
}
