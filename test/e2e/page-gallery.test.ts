import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  eachStory,
  fileOf,
  openGallery,
  PICTURES,
  type StoryName,
  showStory,
  VARIANTS,
} from "../page/gallery/open-gallery.ts";
import { compare, decode, encode, shrink } from "../page/gallery/picture.ts";
import { findLayoutFaults } from "../page/layout/find-faults.ts";
import { browserContexts, type Contexts } from "../support/browser.ts";

/** Where the pictures that differ are stored. */
const DIFFERENCES = "dist/gallery";

/** On a busy machine, a window can draw a story after the first picture of it. A real difference stays. */
const TRIES = 5;
const RETRY_MS = 300;

let browser: Contexts;
beforeAll(async () => {
  browser = await browserContexts();
});
afterAll(() => browser?.close());

/** The difference of a story that is drawn to its end; undefined if there is none. */
async function settledDifference(page: Page, file: string): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    const difference = await differenceFrom(page, file);
    if (difference === undefined || tries === TRIES) return difference;
    await page.waitForTimeout(RETRY_MS);
  }
}

/** The difference between the page and a picture of the gallery; undefined if there is none. */
async function differenceFrom(page: Page, file: string): Promise<string | undefined> {
  const screenshot = await page.screenshot();
  const reference = await readFile(join(PICTURES, file)).catch(() => undefined);
  if (reference === undefined) return "It has no reference.";
  const difference = compare(shrink(screenshot), decode(reference));
  if (difference === undefined) return undefined;
  await mkdir(DIFFERENCES, { recursive: true });
  await writeFile(join(DIFFERENCES, file), screenshot);
  if (difference.picture)
    await writeFile(join(DIFFERENCES, `difference.${file}`), encode(difference.picture));
  return difference.reason;
}

test("[PAGE-44] [PAGE-45] no component overlaps, and each looks like its picture in both themes and languages", async () => {
  await rm(DIFFERENCES, { recursive: true, force: true });
  const faults: string[] = [];
  const stories = await eachStory(browser, async (page, story, variant) => {
    const file = fileOf(story, variant);
    for (const fault of await findLayoutFaults(page)) faults.push(`${file}: ${fault}`);
    const difference = await settledDifference(page, file);
    if (difference !== undefined)
      faults.push(
        `${file}: ${difference} Look at ${DIFFERENCES}/. If it is right, run "npm run gallery -- --update".`,
      );
  });
  const files = stories.flatMap((story) => VARIANTS.map((variant) => fileOf(story, variant)));
  const unused = (await readdir(PICTURES)).filter((file) => !files.includes(file));
  expect(faults).toEqual([]);
  expect(unused).toEqual([]);
}, 180_000);

describe("a broken component", () => {
  let page: Page;
  let stories: readonly StoryName[];
  beforeAll(async () => {
    ({ page, stories } = await openGallery(browser));
  });

  const difference = async (name: string, style: string) => {
    const story = stories.find((story) => story.name === name);
    if (story === undefined) throw new Error(`There is no story ${name}.`);
    const [variant] = VARIANTS;
    await showStory(page, story, variant);
    const before = await settledDifference(page, fileOf(story, variant));
    const sheet = await page.addStyleTag({ content: style });
    const after = await differenceFrom(page, fileOf(story, variant));
    await sheet.evaluate((node) => (node as Element).remove());
    return { before, after };
  };

  test.each([
    ["a popover that moved by 200 pixels", "composer/emoji-760", ".popover { translate: -200px; }"],
    ["a menu that moved by 200 pixels", "messages/menu-760", ".message-menu { translate: 0 -200px; }"],
    ["a menu of another width", "messages/menu-1280", ".message-menu { width: 20rem; }"],
    ["a hidden label", "dialogs/settings-760", "dialog label[for] { visibility: hidden; }"],
    ["hidden icons", "composer/draft-390", ".composer .icon { visibility: hidden; }"],
    ["text of another size", "messages/conversation-390", ".message-text { font-size: 1.1rem; }"],
    ["another background", "page/room-1280", ".conversation { background: var(--accent-soft); }"],
  ])("[PAGE-45] a picture shows %s", async (_, story, style) => {
    expect(await difference(story, style)).toEqual({
      before: undefined,
      after: expect.stringMatching(/differs?\./),
    });
  });

  test("[PAGE-45] a picture forgives what moved by half a pixel", async () => {
    const style = ".composer { translate: 0.5px 0.5px; }";
    expect(await difference("composer/draft-390", style)).toEqual({ before: undefined, after: undefined });
  });
});
