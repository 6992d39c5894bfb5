import { expect } from "vitest";
import type { View } from "./message-views.ts";

const close: View["close"] = async (page) => {
  await page.click(".side-panel > header button");
  await page.locator("#text").hover();
};

/** The search: before, with results, and without. */
export const SEARCH_VIEWS: readonly View[] = [
  {
    name: "search",
    open: async (page) => {
      await page.click(".search-button");
      await page.waitForSelector(".search-form");
    },
    close,
  },
  {
    name: "search-results",
    open: async (page) => {
      await page.click(".search-button");
      await page.fill("[type=search]", "o");
      await page.click(".search-form button");
      await page.waitForSelector(".search-results");
      await page.locator(".search-results button").first().focus();
    },
    close,
  },
  {
    name: "search-none",
    open: async (page) => {
      await page.click(".search-button");
      await page.fill("[type=search]", "from:nobody “not here”");
      await page.click(".search-form button");
      await expect.poll(() => page.locator(".search-results").count()).toBe(0);
    },
    close,
  },
];
