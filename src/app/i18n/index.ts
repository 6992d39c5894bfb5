import { computed, effect, signal } from "@preact/signals";
import { load, save } from "../browser-storage.ts";
import { en, type Strings } from "./en.ts";
import { zh } from "./zh.ts";

export type { Strings };

const STORAGE_KEY = "dormouse.language";

/** The available languages by tag (BCP 47). */
export const LANGUAGES = { en, "zh-CN": zh } satisfies Record<string, Strings>;
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
export const language = signal<Language>(
  isLanguage(storedLanguage) ? storedLanguage : matchLanguage(globalThis.navigator?.languages ?? []),
);

/** The language with the user's own region, if the browser names one. It decides how times and numbers are formatted. */
export const locale = computed<string>(() => {
  const [prefix = ""] = language.value.split("-");
  return globalThis.navigator?.languages.find((tag) => tag.startsWith(prefix)) ?? language.value;
});

/** The texts of the current language. */
export const strings = computed<Strings>(() => LANGUAGES[language.value]);

/** The text under a key that comes from outside; undefined if there is none. */
export function lookup(key: string | undefined, texts: Readonly<Record<string, string>>): string | undefined {
  return key !== undefined && Object.hasOwn(texts, key) ? texts[key] : undefined;
}

/** The text for an error code of the service or the SDK, or the given message if the page has no text for it. */
export function errorText(code: string | undefined, message: string): string {
  const { errors, joinErrors } = strings.value;
  return lookup(code, { invalid_name: joinErrors.invalid_name, ...errors }) ?? message;
}

/** Changes the language and stores the choice. Ignores a tag that the page does not have. */
export function setLanguage(tag: string): void {
  if (!isLanguage(tag)) return;
  language.value = tag;
  save(STORAGE_KEY, tag);
}

export function watchLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value;
  });
  addEventListener("storage", ({ key, newValue }) => {
    if (key === STORAGE_KEY) setLanguage(newValue ?? "");
  });
}
