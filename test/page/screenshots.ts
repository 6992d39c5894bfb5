/** Pictures of the page, in both themes, on a phone and on a desk, into screenshots/. Run by `npm run screenshots`. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { startWranglerDev } from "../support/wrangler-dev.ts";
import { picture, seed } from "./scene.ts";

const FOLDER = "screenshots";
const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 800 } } as const;
const ROOM = "release-party";

const state = await mkdtemp(join(tmpdir(), "dormouse-shots-"));
await mkdir(FOLDER, { recursive: true });
const dev = await startWranglerDev("npm", ["run", "dev", "--", "--persist-to", state]);
const others = await seed(dev.room, ROOM);
let hasPicture = false;
try {
  for (const dark of [false, true]) {
    for (const [size, { width, height }] of Object.entries(SIZES)) {
      const browser = await openBrowser({ dark, width, height });
      const name = (what: string) => join(FOLDER, `${what}-${size}-${dark ? "dark" : "light"}.png`);
      try {
        await shoot(await browser.context.newPage(), name, { width, height });
      } finally {
        await browser.close();
      }
    }
  }
  console.log(`The pictures are in ${FOLDER}/.`);
} finally {
  for (const socket of others) socket.ws.terminate();
  await dev.stop();
  await rm(state, { recursive: true, force: true });
}

async function shoot(
  page: Page,
  name: (what: string) => string,
  viewport: { width: number; height: number },
): Promise<void> {
  const png = hasPicture ? undefined : await picture(page);
  await page.setViewportSize(viewport);
  await page.goto(`${dev.url}/#${ROOM}`);
  await page.waitForSelector("#my-name");
  await page.screenshot({ path: name("welcome") });
  await page.evaluate(() => localStorage.setItem("dormouse.guest", "a-guest-key-for-ada-lovelace-07"));
  await page.fill("#my-name", "Ada Lovelace");
  await page.press("#my-name", "Enter");
  await page.waitForSelector('#state[data-status="live"]');
  if (png !== undefined) {
    hasPicture = true;
    await page.setInputFiles("input[type=file]", { name: "hills.png", mimeType: "image/png", buffer: png });
    await page.waitForSelector(".said:not(.pending) .image");
    await page.fill("#text", "The view from the cabin last night. See you all at 15:00!");
    await page.press("#text", "Enter");
  }
  await page.waitForSelector(".said:not(.pending) .image img[src]");
  await page.waitForFunction(() => document.querySelectorAll(".pending").length === 0);
  others[0]?.send({ type: "signal", data: { typing: true } });
  await page.waitForSelector(".typing:not(:empty)");
  await page.screenshot({ path: name("room") });
  await page.locator(".top .icon-button").last().click();
  await page.locator(".frame summary", { hasText: '"type":"messages"' }).last().click();
  await page.mouse.move(4, 400);
  await page.waitForTimeout(200);
  await page.screenshot({ path: name("frames") });
  await page.locator(".beside .icon-button").click();
  await page.locator(".with-count").click();
  await page.waitForTimeout(200);
  await page.screenshot({ path: name("people") });
  await page.locator(".beside .icon-button").click();
  await page.locator(".top .icon-button").nth(1).click();
  await page.waitForTimeout(200);
  await page.screenshot({ path: name("invite") });
  await page.keyboard.press("Escape");
  await page.goto(`${dev.url}/#${encodeURIComponent("mäuse & haselnüsse")}`);
  await page.waitForSelector(".empty");
  await page.waitForTimeout(200);
  await page.screenshot({ path: name("empty") });
  await page.goto(`${dev.url}/#${ROOM}`);
  await page.waitForSelector(".said");
  await page.context().setOffline(true);
  await page.waitForSelector('#state[data-status="offline"]');
  await page.fill("#text", "Written on the train");
  await page.press("#text", "Enter");
  await page.waitForTimeout(800);
  await page.screenshot({ path: name("offline") });
}
