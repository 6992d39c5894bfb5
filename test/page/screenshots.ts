/**
 * Takes pictures of the page at each width, in both themes and languages, into screenshots/, and the four of the README into docs/images/.
 * `npm run screenshots` runs it. The machine needs fonts with Chinese characters and emoji.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { launchBrowser } from "../support/browser.ts";
import { live, openFrames } from "../support/people.ts";
import { startDev } from "../support/wrangler-dev.ts";
import { drawImage, publishConversation } from "./sample-conversation.ts";
import { writeSmall } from "./small-picture.ts";
import { WIDTHS } from "./views.ts";

const FOLDER = "screenshots";
const README_FOLDER = "docs/images";
const ROOM = "release-party";
const LANGUAGES = { en: "en-GB", "zh-CN": "zh-CN" } as const;
type Language = keyof typeof LANGUAGES;

/** The pictures of the README, by the view, width, theme and language that they show. */
const README: Record<string, string> = {
  "room-1280-light-en": "room",
  "frames-1280-dark-en": "frames",
  "room-390-dark-zh-CN": "phone",
  "empty-390-light-en": "invite",
};

const state = await mkdtemp(join(tmpdir(), "dormouse-screenshots-"));
await mkdir(FOLDER, { recursive: true });
const dev = await startDev("npm", ["run", "dev", "--", "--persist-to", state]);
const browser = await launchBrowser();
/** Encodes the pictures of the README. */
const encoder = await browser.newPage();
const authors = await publishConversation(dev.room, ROOM);
let hasImage = false;
try {
  for (const [width, height] of Object.entries(WIDTHS))
    for (const language of Object.keys(LANGUAGES) as Language[])
      for (const theme of ["light", "dark"] as const) {
        const context = await browser.newContext({
          viewport: { width: Number(width), height },
          colorScheme: theme,
          locale: LANGUAGES[language],
          reducedMotion: "reduce",
        });
        const take = (page: Page, view: string) => save(page, `${view}-${width}-${theme}-${language}`);
        await takeScreenshots(await context.newPage(), take, { width: Number(width), height });
        await context.close();
      }
  console.log(`The screenshots are in ${FOLDER}/, and those of the README in ${README_FOLDER}/.`);
} finally {
  for (const author of authors) author.ws.terminate();
  await browser.close();
  await dev.stop();
  await rm(state, { recursive: true, force: true });
}

async function save(page: Page, name: string): Promise<void> {
  const picture = await page.screenshot();
  await writeFile(join(FOLDER, `${name}.png`), picture);
  const inReadme = README[name];
  if (inReadme !== undefined) await writeSmall(encoder, join(README_FOLDER, `${inReadme}.webp`), picture);
}

async function takeScreenshots(
  page: Page,
  take: (page: Page, view: string) => Promise<void>,
  viewport: { width: number; height: number },
): Promise<void> {
  const png = hasImage ? undefined : await drawImage(page);
  await page.setViewportSize(viewport);
  await page.goto(`${dev.url}/#${ROOM}`);
  await page.waitForSelector("#my-name");
  await take(page, "welcome");
  await page.evaluate(() => {
    localStorage.setItem("dormouse.guest", "a-guest-key-for-ada-lovelace-07");
    localStorage.setItem("dormouse.host", "192.168.1.20");
  });
  await page.fill("#my-name", "Ada Lovelace");
  await page.press("#my-name", "Enter");
  await live(page);
  if (png !== undefined) await publishImage(page, png);
  await page.waitForSelector(".message:not(.pending) .image-attachment img[src]");
  await page.waitForFunction(() => document.querySelectorAll(".pending").length === 0);
  authors[0]?.send({ type: "signal", data: { typing: true } });
  await page.waitForSelector(".typing-line:not(:empty)");
  await take(page, "room");
  await openFrames(page);
  await page.locator(".frame summary", { hasText: '"type":"messages"' }).last().click();
  await page.waitForSelector(".bits");
  await page.mouse.move(4, 400);
  await take(page, "frames");
  await page.click(".side-panel > header button");
  await page.click(".members-button");
  await page.waitForSelector(".member-list");
  await take(page, "members");
  await page.click(".side-panel > header button");
  await page.click(".invite-button");
  await page.waitForSelector("dialog .qr-code path[d]");
  await take(page, "invite");
  await page.keyboard.press("Escape");
  await page.goto(`${dev.url}/#${encodeURIComponent("mäuse & haselnüsse")}`);
  await page.waitForSelector(".empty-room .qr-code path[d]");
  await take(page, "empty");
  await page.goto(`${dev.url}/#${ROOM}`);
  await page.waitForSelector(".message");
  await page.context().setOffline(true);
  await page.waitForSelector('#state[data-status="offline"]');
  await page.fill("#text", "Written on the train");
  await page.click(".send-button");
  await page.waitForSelector(".message.pending");
  await take(page, "offline");
  // The browser ends without a network, so the next one finds the room as this one did.
}

async function publishImage(page: Page, png: Buffer): Promise<void> {
  hasImage = true;
  await page.setInputFiles("input[type=file]", { name: "hills.png", mimeType: "image/png", buffer: png });
  await page.waitForSelector(".message:not(.pending) .image-attachment");
  await page.fill("#text", "The view from the cabin last night. See you all at 15:00!");
  // A button works at every width: on a phone, Enter starts a new line.
  await page.click(".send-button");
}
