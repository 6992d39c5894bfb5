import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pack } from "../../src/app/file/envelope.ts";
import { faultsOf } from "../page/layout/faults.ts";
import { fill, takePart, viewsOf, WIDTHS } from "../page/views.ts";
import { live, People } from "../support/people.ts";

const ROOM = "release party";
/** A folder for pictures of all that is measured, for eyes; no test needs it. */
const { PICTURES } = process.env;

let people: People;
beforeAll(async () => {
  people = await People.start();
  await fill(people, ROOM, await people.person("easel", ""));
});
afterAll(() => people?.stop());

const PHONE: BrowserContextOptions = { isMobile: true, hasTouch: true };
/** Clocks of twelve hours are the widest. */
const TONGUES = { en: "en-US", "zh-CN": "zh-TW" } as const;

/** As if somebody chose it in another tab. */
async function speak(page: Page, language: keyof typeof TONGUES): Promise<void> {
  await page.evaluate((newValue) => {
    const key = "dormouse.language";
    localStorage.setItem(key, newValue);
    dispatchEvent(new StorageEvent("storage", { key, newValue }));
  }, language);
  await expect.poll(() => page.getAttribute("html", "lang")).toBe(language);
}

async function inAllLooks(page: Page, name: string): Promise<string[]> {
  const faults = new Map<string, string[]>();
  for (const language of Object.keys(TONGUES) as (keyof typeof TONGUES)[]) {
    await speak(page, language);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const fault of await faultsOf(page))
        faults.set(fault, [...(faults.get(fault) ?? []), `${language} ${colorScheme}`]);
      const path = `${PICTURES}/${page.viewportSize()?.width}-${name}-${language}-${colorScheme}.png`;
      if (PICTURES !== undefined) await page.screenshot({ path });
    }
  }
  return [...faults].map(([fault, looks]) => `${name}: ${fault} (${looks.join(", ")})`);
}

test.each(Object.entries(WIDTHS))(
  "[PAGE-10] at %s px nothing lies on another, is cut off or out of reach, whatever is open",
  async (width, height) => {
    const viewport = { width: Number(width), height };
    const options = { viewport, locale: "en-US", ...(viewport.width < 700 && PHONE) };
    const page = await people.person(ROOM, "", options);
    await page.context().addInitScript((languages) => {
      Object.defineProperty(navigator, "languages", { get: () => languages });
    }, Object.values(TONGUES));
    await page.reload();
    const faults = await inAllLooks(page, "welcome");
    await page.fill("#my-name", "Ada Lovelace");
    await page.press("#my-name", "Enter");
    await live(page);
    await takePart(page);
    for (const { name, isAt, open, close } of viewsOf(ROOM)) {
      if (isAt?.(viewport.width) === false) continue;
      await open(page, people);
      faults.push(...(await inAllLooks(page, name)));
      await close(page, people);
    }
    expect(faults).toEqual([]);
  },
  120_000,
);

const boxOf = async (page: Page, selector: string) => {
  const box = await page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`${selector} has no box.`);
  return box;
};

test.each([1920, 1280])(
  "[PAGE-11] at %i px messages and message box have one measure, centred, and a short conversation stands above the box",
  async (width) => {
    const room = `short ${width}`;
    await people.says(room, ["word ".repeat(200)], "?name=Mira");
    const page = await people.person(room, "Ada", { viewport: { width, height: 1080 } });
    await page.waitForSelector(".said");
    const column = await boxOf(page, ".said .head");
    const avatar = await boxOf(page, ".said .avatar");
    const composer = await boxOf(page, ".composer");
    const conversation = await boxOf(page, ".conversation");
    const row = await boxOf(page, ".said:last-child");
    expect(avatar.x).toBeCloseTo(composer.x, 0);
    expect(column.x + column.width).toBeCloseTo(composer.x + composer.width, 0);
    expect(composer.width).toBeGreaterThan(600);
    expect(composer.width).toBeLessThan(760);
    expect(composer.x + composer.width / 2).toBeCloseTo(conversation.x + conversation.width / 2, 0);
    expect(composer.y - row.y - row.height).toBeGreaterThanOrEqual(0);
    expect(composer.y - row.y - row.height).toBeLessThan(40);
    await page.fill("#text", "a\n".repeat(5));
    await expect.poll(() => boxOf(page, ".said:last-child").then(({ y }) => y)).toBeLessThan(row.y);
  },
);

test.each([
  ["a phone", 390, 844],
  ["a phone on its side", 844, 390],
  ["a desk", 1280, 800],
])("[PAGE-12] on %s no image is smaller enlarged than in its message", async (what, width, height) => {
  const page = await people.person(`pictures ${what}`, "Ada", { viewport: { width, height } });
  const png = (side: [number, number]) =>
    page.evaluate(async ([width, height]) => {
      const canvas = new OffscreenCanvas(width, height);
      canvas.getContext("2d");
      const blob = await canvas.convertToBlob();
      return [...new Uint8Array(await blob.arrayBuffer())];
    }, side);
  const shapes: [number, number][] = [
    [1600, 900],
    [600, 1200],
    [330, 330],
    [24, 24],
  ];
  for (const [i, shape] of shapes.entries()) {
    const bytes = Uint8Array.from(await png(shape));
    const file = { name: `${i}.png`, type: "image/png", width: shape[0], height: shape[1], bytes };
    await people.says(`pictures ${what}`, [Buffer.from(pack(file))]);
    const image = page.locator(".image").nth(i);
    await image.locator("img").waitFor();
    const before = await image.boundingBox();
    await image.click();
    await page.waitForSelector("dialog img");
    const after = await boxOf(page, "dialog img");
    const scale = (box: { width: number; height: number } | null) =>
      Math.min((box?.width ?? 0) / shape[0], (box?.height ?? 0) / shape[1]);
    expect(scale(after)).toBeGreaterThan(scale(before) * 0.999);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("dialog").count()).toBe(0);
  }
});
