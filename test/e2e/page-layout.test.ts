import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeFile } from "../../src/app/files/file-envelope.ts";
import { browserAt, checkView, preferLocales } from "../page/layout/check-view.ts";
import { addOwnMessages, fillRoom, viewsOf, WIDTHS } from "../page/views.ts";
import { live, People } from "../support/people.ts";

const ROOM = "release party";
let people: People;
beforeAll(async () => {
  // Films are refused, which a notice says.
  people = await People.start({ FILE_TYPES: "image/*, audio/*" });
  await fillRoom(people, ROOM, await people.person("drawing", ""));
});
afterAll(() => people?.stop());

test.each(Object.entries(WIDTHS))(
  "[PAGE-10] at %s px no control or text overlaps, is cut off, covered or outside of the viewport in any view",
  async (width, height) => {
    const page = await people.person(ROOM, "", browserAt(Number(width), height));
    await preferLocales(page);
    await page.reload();
    const faults = await checkView(page, "welcome");
    await page.fill("#my-name", "Ada Lovelace");
    await page.press("#my-name", "Enter");
    await live(page);
    await addOwnMessages(page);
    for (const { name, isAt, open, close } of viewsOf(ROOM)) {
      if (isAt?.(Number(width)) === false) continue;
      await open(page, people);
      faults.push(...(await checkView(page, name)));
      await close(page, people);
    }
    expect(faults).toEqual([]);
  },
  120_000,
);

const boxOf = async (page: Page, selector: string) => {
  const box = await page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`${selector} is not visible.`);
  return box;
};

test.each([1920, 1280])(
  "[PAGE-11] at %i px messages and message box have the same width, centered, and a short conversation stays at the bottom",
  async (width) => {
    const room = `short ${width}`;
    await people.says(room, ["word ".repeat(200)], "?name=Mira");
    const page = await people.person(room, "Ada", { viewport: { width, height: 1080 } });
    await page.waitForSelector(".message");
    const column = await boxOf(page, ".message .message-header");
    const avatar = await boxOf(page, ".message .avatar");
    const composer = await boxOf(page, ".composer");
    const conversation = await boxOf(page, ".conversation");
    const row = await boxOf(page, ".message:last-child");
    expect(avatar.x).toBeCloseTo(composer.x, 0);
    expect(column.x + column.width).toBeCloseTo(composer.x + composer.width, 0);
    expect(composer.width).toBeGreaterThan(600);
    expect(composer.width).toBeLessThan(760);
    expect(composer.x + composer.width / 2).toBeCloseTo(conversation.x + conversation.width / 2, 0);
    expect(composer.y - row.y - row.height).toBeGreaterThanOrEqual(0);
    expect(composer.y - row.y - row.height).toBeLessThan(40);
    await page.fill("#text", "a\n".repeat(5));
    await expect.poll(() => boxOf(page, ".message:last-child").then(({ y }) => y)).toBeLessThan(row.y);
  },
);

test.each([
  ["a phone", 390, 844],
  ["a phone in landscape", 844, 390],
  ["a desktop", 1280, 800],
])(
  "[PAGE-12] on %s an enlarged image is at least as large as in its message",
  async (device, width, height) => {
    const page = await people.person(`images ${device}`, "Ada", { viewport: { width, height } });
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
      await people.says(`images ${device}`, [Buffer.from(encodeFile(file))]);
      const image = page.locator(".image-attachment").nth(i);
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
  },
);
