/** Takes screenshots of the page in both themes, on a phone and on a desktop, into screenshots/. `npm run screenshots` runs it. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { openFrames } from "../support/people.ts";
import { startDev } from "../support/wrangler-dev.ts";
import { drawImage, publishConversation } from "./sample-conversation.ts";

const FOLDER = "screenshots";
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const;
const ROOM = "release-party";

const state = await mkdtemp(join(tmpdir(), "dormouse-screenshots-"));
await mkdir(FOLDER, { recursive: true });
const dev = await startDev("npm", ["run", "dev", "--", "--persist-to", state]);
const authors = await publishConversation(dev.room, ROOM);
let hasImage = false;
try {
  for (const dark of [false, true]) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const browser = await openBrowser({ dark, ...viewport });
      const pathOf = (view: string) => join(FOLDER, `${view}-${size}-${dark ? "dark" : "light"}.png`);
      try {
        await takeScreenshots(await browser.context.newPage(), pathOf, viewport);
      } finally {
        await browser.close();
      }
    }
  }
  console.log(`The screenshots are in ${FOLDER}/.`);
} finally {
  for (const author of authors) author.ws.terminate();
  await dev.stop();
  await rm(state, { recursive: true, force: true });
}

async function takeScreenshots(
  page: Page,
  pathOf: (view: string) => string,
  viewport: { width: number; height: number },
): Promise<void> {
  const png = hasImage ? undefined : await drawImage(page);
  await page.setViewportSize(viewport);
  await page.goto(`${dev.url}/#${ROOM}`);
  await page.waitForSelector("#my-name");
  await page.screenshot({ path: pathOf("welcome") });
  await page.evaluate(() => localStorage.setItem("dormouse.guest", "a-guest-key-for-ada-lovelace-07"));
  await page.fill("#my-name", "Ada Lovelace");
  await page.press("#my-name", "Enter");
  await page.waitForSelector('#state[data-status="live"]');
  if (png !== undefined) {
    hasImage = true;
    await page.setInputFiles("input[type=file]", { name: "hills.png", mimeType: "image/png", buffer: png });
    await page.waitForSelector(".message:not(.pending) .image-attachment");
    await page.fill("#text", "The view from the cabin last night. See you all at 15:00!");
    // A button works in both sizes: on a phone, Enter starts a new line.
    await page.click(".send-button");
  }
  await page.waitForSelector(".message:not(.pending) .image-attachment img[src]");
  await page.waitForFunction(() => document.querySelectorAll(".pending").length === 0);
  authors[0]?.send({ type: "signal", data: { typing: true } });
  await page.waitForSelector(".typing-line:not(:empty)");
  await page.screenshot({ path: pathOf("room") });
  await openFrames(page);
  await page.locator(".frame summary", { hasText: '"type":"messages"' }).last().click();
  await page.mouse.move(4, 400);
  await page.waitForTimeout(200);
  await page.screenshot({ path: pathOf("frames") });
  await page.click(".side-panel > header button");
  await page.click(".members-button");
  await page.waitForTimeout(200);
  await page.screenshot({ path: pathOf("members") });
  await page.click(".side-panel > header button");
  await page.click(".invite-button");
  await page.waitForTimeout(200);
  await page.screenshot({ path: pathOf("invite") });
  await page.keyboard.press("Escape");
  await page.goto(`${dev.url}/#${encodeURIComponent("mäuse & haselnüsse")}`);
  await page.waitForSelector(".empty-room");
  await page.waitForTimeout(200);
  await page.screenshot({ path: pathOf("empty") });
  await page.goto(`${dev.url}/#${ROOM}`);
  await page.waitForSelector(".message");
  await page.context().setOffline(true);
  await page.waitForSelector('#state[data-status="offline"]');
  await page.fill("#text", "Written on the train");
  await page.click(".send-button");
  await page.waitForTimeout(800);
  await page.screenshot({ path: pathOf("offline") });
}
