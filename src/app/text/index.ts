import { computed, effect, signal } from "@preact/signals";
import { keep, load } from "../kept.ts";
import { en, type Words } from "./en.ts";
import { zh } from "./zh.ts";

export type { Words };

const KEY = "dormouse.language";

/** Language tags (BCP 47) and their words. */
export const LANGUAGES = { en, "zh-CN": zh } satisfies Record<string, Words>;
export type Language = keyof typeof LANGUAGES;

function isLanguage(tag: string | undefined): tag is Language {
  return tag !== undefined && Object.hasOwn(LANGUAGES, tag);
}

/** The first of the reader's languages that this page speaks. */
export function bestOf(wanted: readonly string[]): Language {
  const first = wanted.find((tag) => /^(zh|en)\b/i.test(tag)) ?? "";
  return /^zh/i.test(first) ? "zh-CN" : "en";
}

const kept = load(KEY);
export const language = signal<Language>(
  isLanguage(kept) ? kept : bestOf(globalThis.navigator?.languages ?? []),
);

/** The same with the reader's own region, if it is one of that language: it decides how times and numbers are written. */
export const locale = computed<string>(() => {
  const [prefix = ""] = language.value.split("-");
  return globalThis.navigator?.languages.find((tag) => tag.startsWith(prefix)) ?? language.value;
});

export const words = computed<Words>(() => LANGUAGES[language.value]);

/** What stands under a key that may be none of these. */
export function wordFor(
  key: string | undefined,
  known: Readonly<Record<string, string>>,
): string | undefined {
  return key !== undefined && Object.hasOwn(known, key) ? known[key] : undefined;
}

/** What an error of the service is in the reader's language; one that this page has no words for, in its own. */
export function told(code: string | undefined, message: string): string {
  const { problems, refusal } = words.value;
  return wordFor(code, { invalid_name: refusal.invalid_name, ...problems }) ?? message;
}

export function choose(tag: string): void {
  if (!isLanguage(tag)) return;
  language.value = tag;
  keep(KEY, tag);
}

export function followLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value;
  });
  addEventListener("storage", ({ key, newValue }) => {
    if (key === KEY) choose(newValue ?? "");
  });
}
