import type { Page } from "playwright-core";
import type { Contexts } from "../../support/browser.ts";
import { buildGallery } from "./build-gallery.ts";

/** No such host exists: the files come from memory, so that addresses in pictures are always the same. Some buttons need TLS. */
const ORIGIN = "https://gallery.test";

const WINDOWS = 3;

/** A theme in a language. Two of the four have each theme and each language once. */
export const VARIANTS = [
  { theme: "light", language: "en" },
  { theme: "dark", language: "zh-CN" },
] as const;
export type Variant = (typeof VARIANTS)[number];

export type StoryName = { name: string; size: readonly [width: number, height: number] };

/** Opens the gallery with the font of bars (block-font.ts). */
export async function openGallery(browser: Contexts): Promise<{ page: Page; stories: readonly StoryName[] }> {
  const files = await buildGallery();
  const context = await browser.newContext({ timezoneId: "UTC", reducedMotion: "reduce", locale: "en-US" });
  const page = await context.newPage();
  await page.route(`${ORIGIN}/**`, (route) => {
    const file = files.get(new URL(route.request().url()).pathname);
    return file === undefined
      ? route.fulfill({ status: 404 })
      : route.fulfill({ contentType: file.type, body: file.body });
  });
  await page.goto(`${ORIGIN}/?font=blocks`);
  await page.waitForFunction("globalThis.gallery !== undefined");
  const stories = await page.evaluate<StoryName[]>("gallery.stories");
  return { page, stories };
}

/** Shows a story in a window of its size. */
export async function showStory(
  page: Page,
  { name, size: [width, height] }: StoryName,
  variant: Variant,
): Promise<void> {
  const { width: before, height: heightBefore } = page.viewportSize() ?? {};
  if (before !== width || heightBefore !== height) await page.setViewportSize({ width, height });
  await page.evaluate(`gallery.show(${JSON.stringify(name)}, ${JSON.stringify(variant)})`);
}

/** Calls `visit` for each story in each variant. Several windows share the work: most of it is waiting for frames. */
export async function eachStory(
  browser: Contexts,
  visit: (page: Page, story: StoryName, variant: Variant) => Promise<void>,
): Promise<StoryName[]> {
  const pages = await Promise.all(Array.from({ length: WINDOWS }, () => openGallery(browser)));
  const stories = pages[0]?.stories ?? [];
  // Stories of one size follow each other, since a new size takes time.
  const sorted = stories.toSorted((a, b) => a.size[0] - b.size[0] || a.size[1] - b.size[1]);
  const left = VARIANTS.flatMap((variant) => sorted.map((story) => ({ story, variant }))).reverse();
  await Promise.all(
    pages.map(async ({ page }) => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        await showStory(page, next.story, next.variant);
        await visit(page, next.story, next.variant);
      }
      await page.context().close();
    }),
  );
  return [...stories];
}

/** The file of the picture of a story, in test/page/gallery/pictures/. */
export function fileOf({ name }: StoryName, { theme, language }: Variant): string {
  return `${name.replace("/", ".")}.${theme}-${language}.png`;
}

export const PICTURES = "test/page/gallery/pictures";
