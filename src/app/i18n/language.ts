import { computed, signal } from "@preact/signals";
import type { Strings } from "./en.ts";
import { type Language, preferredLanguage } from "./preferred-language.ts";

/** The language that is shown, and its texts. What loads the texts is in `index.ts`: the admin page has texts of its own. */

export {
  isLanguage,
  LANGUAGE_KEY,
  LANGUAGE_NAMES,
  type Language,
  matchLanguage,
} from "./preferred-language.ts";

export const language = signal<Language>(preferredLanguage());

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
