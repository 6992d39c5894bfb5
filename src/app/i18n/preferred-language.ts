export const LANGUAGE_KEY = "dormouse.language";

/** The available languages by tag (BCP 47), and the name of each. */
export const LANGUAGE_NAMES = { en: "English", "zh-CN": "简体中文" } as const;
export type Language = keyof typeof LANGUAGE_NAMES;

export function isLanguage(tag: unknown): tag is Language {
  return typeof tag === "string" && Object.hasOwn(LANGUAGE_NAMES, tag);
}

/** The first of the user's preferred languages that the page has; English if it has none of them. */
export function matchLanguage(preferred: readonly string[]): Language {
  const match = preferred.find((tag) => /^(zh|en)\b/i.test(tag)) ?? "";
  return /^zh/i.test(match) ? "zh-CN" : "en";
}

/** The language that the user chose before, or that the browser prefers. */
export function preferredLanguage(): Language {
  const stored = storedLanguage();
  return isLanguage(stored) ? stored : matchLanguage(globalThis.navigator?.languages ?? []);
}

/** Storage may be blocked. This module imports nothing, because `start.ts` has to be small. */
function storedLanguage(): unknown {
  try {
    return localStorage.getItem(LANGUAGE_KEY);
  } catch {
    return undefined;
  }
}
