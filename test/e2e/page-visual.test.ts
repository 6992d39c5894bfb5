import { randomUUID } from "node:crypto";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { layoutFaults } from "../page/overlaps.ts";
import { picture, seed } from "../page/scene.ts";
import { openBrowserOfMany } from "../support/browser.ts";
import { type Dev, startDev } from "../support/dev.ts";
import type { TestSocket } from "../support/socket.ts";

const ROOM = "release-party";
const SIZES = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  laptop: { viewport: { width: 1280, height: 800 } },
  desk: { viewport: { width: 1920, height: 1080 } },
} as const;
type Size = keyof typeof SIZES;

let dev: Dev;
let browser: Browser;
let others: TestSocket[];
let png: Buffer;

beforeAll(async () => {
  dev = await startDev("npm", ["run", "dev", "--", "--persist-to", `/tmp/dormouse-visual-${randomUUID()}`]);
  browser = await openBrowserOfMany();
  others = await seed(dev.room, ROOM);
  const page = await browser.newPage();
  png = await picture(page);
  await page.close();
});

afterAll(async () => {
  for (const { ws } of others ?? []) ws.terminate();
  await browser?.close();
  await dev?.stop();
});

async function enter(context: BrowserContext, room: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${dev.url}/#${room}`);
  await page.waitForSelector("#my-name");
  await expectNoFaults(page, "welcome");
  await page.fill("#my-name", "Ada Lovelace");
  await page.press("#my-name", "Enter");
  await page.waitForSelector('#state[data-status="live"]');
  return page;
}

/** In both themes, since a theme may have styles of its own. */
async function expectNoFaults(page: Page, what: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect({ what, colorScheme, faults: await layoutFaults(page) }).toEqual({
      what,
      colorScheme,
      faults: [],
    });
  }
}

const say = async (page: Page, text: string) => {
  await page.fill("#text", text);
  await page.click(".send");
  await page.waitForFunction(() => document.querySelectorAll(".pending").length === 0);
};

describe.each(Object.keys(SIZES) as Size[])("on a %s", (size) => {
  test.each(["en-US", "zh-CN"])(
    "[PAGE-10] nothing lies on anything else, is cut off or too small to press, with everything opened in turn: %s",
    async (locale) => {
      const context = await browser.newContext({ ...SIZES[size], locale });
      try {
        const page = await enter(context, ROOM);
        await page.setInputFiles("input[type=file]", {
          name: "hills.png",
          mimeType: "image/png",
          buffer: png,
        });
        await page.waitForSelector(".said:not(.pending) .image img[src]");
        await say(page, "And a second line, under the same name");
        await expectNoFaults(page, "room");

        await page.click(".emoji-picker > button");
        await expectNoFaults(page, "emoji");
        const sizes = await page.$$eval(".popover button", (buttons) =>
          buttons.map((button) => {
            const { width, height } = button.getBoundingClientRect();
            return Math.min(width, height);
          }),
        );
        expect(Math.min(...sizes)).toBeGreaterThanOrEqual(28);
        await page.keyboard.press("Escape");

        const small = await page.locator(".image").last().boundingBox();
        await page.locator(".image").last().click();
        await expectNoFaults(page, "lightbox");
        const large = await page.locator(".lightbox img").boundingBox();
        expect(large?.width).toBeGreaterThanOrEqual(small?.width ?? 0);
        expect(large?.height).toBeGreaterThanOrEqual(small?.height ?? 0);
        await page.keyboard.press("Escape");

        const top = page.locator(".top .icon-button:visible");
        const first = size === "phone" ? 1 : 0;
        await top.nth(first).click();
        await page.waitForSelector(".qr path[d]");
        await expectNoFaults(page, "invitation");
        await page.keyboard.press("Escape");
        for (const [i, panel] of ["people", "frames"].entries()) {
          await top.nth(first + 1 + i).click();
          await expectNoFaults(page, panel);
          await page.locator(".beside > header .icon-button").click();
        }
        if (size === "phone") {
          await top.first().click();
          await expectNoFaults(page, "rooms");
        }
        await page.locator(".myself:visible").click();
        await page.waitForSelector("dialog #my-name");
        await expectNoFaults(page, "settings");
        await page.keyboard.press("Escape");
        if (size === "phone") await page.keyboard.press("Escape");

        const big = { name: "big.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(300_000) };
        await page.setInputFiles("input[type=file]", big);
        await page.waitForSelector(".notice");
        await expectNoFaults(page, "notice");
      } finally {
        await context.close();
      }
    },
  );

  test("[PAGE-11] text and message box have one measure, and a short conversation stands above the box", async () => {
    const context = await browser.newContext({ ...SIZES[size], locale: "en-US" });
    try {
      const page = await enter(context, `short-${size}`);
      await say(page, "hello");
      const boxOf = async (selector: string) => {
        const box = await page.locator(selector).last().boundingBox();
        if (box === null) throw new Error(`${selector} is not there.`);
        return box;
      };
      const [composer, lines, row, stage] = [
        await boxOf(".composer"),
        await boxOf(".lines"),
        await boxOf(".said"),
        await boxOf(".stage"),
      ];
      expect(composer.width).toBeLessThanOrEqual(52 * 16);
      expect(lines.width).toBeLessThanOrEqual(52 * 16);
      const middle = ({ x, width }: { x: number; width: number }) => x + width / 2;
      expect(Math.abs(middle(composer) - middle(lines))).toBeLessThan(12);
      expect(stage.y + stage.height - (row.y + row.height)).toBeLessThan(40);
    } finally {
      await context.close();
    }
  });
});

test("[PAGE-12] a notice speaks the language of the page, and goes with the next message", async () => {
  const context = await browser.newContext({ ...SIZES.laptop, locale: "en-US" });
  try {
    const page = await enter(context, "notice");
    const big = { name: "big.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(300_000) };
    await page.setInputFiles("input[type=file]", big);
    const notice = page.locator(".notice");
    expect(await notice.textContent()).toMatch(/[a-z]{3}/);
    const english = await notice.textContent();
    await page.locator(".myself:visible").click();
    await page.locator("dialog label[lang^=zh]").click();
    await page.keyboard.press("Escape");
    expect(await notice.textContent()).not.toBe(english);
    expect(await notice.textContent()).toMatch(/\p{Script=Han}/u);
    await say(page, "small");
    expect(await notice.count()).toBe(0);
  } finally {
    await context.close();
  }
});
