import { batch, effect, signal } from "@preact/signals";
import { save } from "../browser-storage.ts";
import type { Strings } from "./en.ts";
import type { MoreTexts } from "./en-more.ts";
import { isLanguage, LANGUAGE_KEY, type Language, language, lookup, strings } from "./language.ts";

export {
  LANGUAGE_NAMES,
  type Language,
  language,
  locale,
  lookup,
  matchLanguage,
  strings,
} from "./language.ts";
export type { Strings };
export type MoreStrings = Strings & MoreTexts;

/** The texts by language. The page loads those that it shows. `more` are those of `src/app/more.ts`. */
const TEXTS = {
  en: {
    texts: async (): Promise<Strings> => (await import("./en.ts")).en,
    more: async (): Promise<MoreTexts> => (await import("./en-more.ts")).enMore,
  },
  "zh-CN": {
    texts: async () => (await import("./zh.ts")).zh,
    more: async () => (await import("./zh-more.ts")).zhMore,
  },
};

/** All texts, with those of what the page loads when it is first used. There are none before `loadMoreStrings`. */
export const moreStrings = signal<MoreStrings>({} as MoreStrings);
let usesMore = false;

/** Loads the texts of a language and shows them. Default: the user's language. */
export async function loadLanguage(tag: Language = language.peek()): Promise<void> {
  const { texts, more } = TEXTS[tag];
  const [loaded, loadedMore] = await Promise.all([texts(), usesMore ? more() : undefined]);
  batch(() => {
    language.value = tag;
    strings.value = loaded;
    if (loadedMore !== undefined) moreStrings.value = { ...loaded, ...loadedMore };
  });
}

export function loadMoreStrings(): Promise<void> {
  usesMore = true;
  return loadLanguage();
}

/** The text for an error code of the service or the SDK, or the given message if the page has no text for it. */
export function errorText(code: string | undefined, message: string): string {
  return lookup(code, strings.value.errors) ?? message;
}

/** Changes the language and stores the choice. Ignores a tag that the page does not have, and one whose texts do not load. */
export function setLanguage(tag: string): void {
  if (!isLanguage(tag)) return;
  save(LANGUAGE_KEY, tag);
  loadLanguage(tag).catch(() => {});
}

export function watchLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value;
  });
  addEventListener("storage", ({ key, newValue }) => {
    if (key === LANGUAGE_KEY) setLanguage(newValue ?? "");
  });
}
