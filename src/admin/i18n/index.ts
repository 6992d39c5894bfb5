import { computed, effect } from "@preact/signals";
import { save } from "../../app/browser-storage.ts";
import { en as shared } from "../../app/i18n/en.ts";
import { isLanguage, LANGUAGE_KEY, language, lookup, strings } from "../../app/i18n/language.ts";
import { zh as sharedChinese } from "../../app/i18n/zh.ts";
import type { ApiError } from "../http/request.ts";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

export type Texts = typeof en;

/** The texts of the admin page in the current language. Both languages are in its script. */
export const texts = computed<Texts>(() => (language.value === "en" ? en : zh));

/** Why a call failed, and what to do, in one sentence. */
export function errorSentence(error: ApiError): string {
  return lookup(error.code, texts.value.errors) ?? (error.message || texts.value.errors.unexpected);
}

/** Changes the language and stores the choice, which the chat page shares. */
export function setLanguage(tag: string): void {
  if (!isLanguage(tag)) return;
  save(LANGUAGE_KEY, tag);
  language.value = tag;
}

export function watchLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value;
    // For the components that the chat page shares.
    strings.value = language.value === "en" ? shared : sharedChinese;
  });
  addEventListener("storage", ({ key, newValue }) => {
    if (key === LANGUAGE_KEY && isLanguage(newValue ?? "")) setLanguage(newValue ?? "");
  });
}
