import type { BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { findLayoutFaults } from "./find-faults.ts";

/** An existing folder. If it is set, the test also saves a screenshot of each view there. */
const { PICTURES } = process.env;

export const PHONE: BrowserContextOptions = { isMobile: true, hasTouch: true };
/** Locales with 12-hour clocks, whose times are the widest. */
export const LOCALES = { en: "en-US", "zh-CN": "zh-TW" } as const;

/** A browser at a width: a phone below 700 px. */
export function browserAt(width: number, height: number): BrowserContextOptions {
  return { viewport: { width, height }, locale: "en-US", ...(width < 700 && PHONE) };
}

/** From the next load on, the page sees a browser that prefers these locales. */
export function preferLocales(page: Page): Promise<unknown> {
  return page.context().addInitScript((languages) => {
    Object.defineProperty(navigator, "languages", { get: () => languages });
  }, Object.values(LOCALES));
}

/** Changes the language as if the user did so in another tab. */
async function setLanguage(page: Page, language: keyof typeof LOCALES): Promise<void> {
  // The page may be loading, and not listen yet.
  const change = () =>
    page.evaluate((newValue) => {
      const key = "dormouse.language";
      localStorage.setItem(key, newValue);
      dispatchEvent(new StorageEvent("storage", { key, newValue }));
      return document.documentElement.lang;
    }, language);
  await expect.poll(change).toBe(language);
}

/** A theme changes colors and no layout, so each language has one theme, unless pictures are wanted. */
const THEMES: Record<keyof typeof LOCALES, readonly ("light" | "dark")[]> =
  PICTURES === undefined
    ? { en: ["light"], "zh-CN": ["dark"] }
    : { en: ["light", "dark"], "zh-CN": ["light", "dark"] };

/** The languages of a view. A phone has the least space, so it has both; the longest texts are English. */
function languagesAt(page: Page): (keyof typeof LOCALES)[] {
  const width = page.viewportSize()?.width ?? 0;
  if (width < 700 || PICTURES !== undefined) return ["en", "zh-CN"];
  return [width < 1900 ? "en" : "zh-CN"];
}

/** The faults of a view in its languages and themes. */
export async function checkView(page: Page, name: string): Promise<string[]> {
  const faults = new Map<string, string[]>();
  for (const language of languagesAt(page)) {
    await setLanguage(page, language);
    for (const colorScheme of THEMES[language]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const fault of await findLayoutFaults(page))
        faults.set(fault, [...(faults.get(fault) ?? []), `${language} ${colorScheme}`]);
      const path = `${PICTURES}/${page.viewportSize()?.width}-${name}-${language}-${colorScheme}.png`;
      if (PICTURES !== undefined) await page.screenshot({ path });
    }
  }
  return [...faults].map(([fault, variants]) => `${name}: ${fault} (${variants.join(", ")})`);
}
