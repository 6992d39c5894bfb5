import type { Page } from "playwright-core";
import { expect } from "vitest";
import { live } from "../support/people.ts";
import type { View } from "./message-views.ts";

const BYTES = 300_000;
const LONG = `${"a long name of a recording ".repeat(5)}.wav`;

/** Messages with files of the file store, which nothing loads until it is used. */
export async function fileMessages(page: Page): Promise<object[]> {
  const thumbnail = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(320, 200);
    const context = canvas.getContext("2d");
    for (let i = 0; context !== null && i < 8; i++) {
      context.fillStyle = `hsl(${200 + i * 12} 35% ${70 - i * 6}%)`;
      context.fillRect(0, i * 25, 320, 25);
    }
    const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.6 });
    return await new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result));
      reader.readAsDataURL(blob);
    });
  });
  const file = { id: "A".repeat(22), name: "lake.webp", type: "image/webp", size: 3_200_000 };
  return [
    { text: "The lake, this morning", file: { ...file, width: 3200, height: 2000 }, thumbnail },
    { file: { ...file, name: LONG, type: "audio/wav" } },
    { file: { ...file, name: "walkthrough.mp4", type: "video/mp4", size: 48_000_000 } },
    { file: { ...file, name: `${"long ".repeat(20)}.zip`, type: "application/x-zip-compressed" } },
  ];
}

/** Uploads that run, that were cut by a reload, and that failed. */
export const UPLOAD_VIEWS: readonly View[] = [
  {
    name: "uploads",
    open: async (page) => {
      await page.route("**/files/*/parts/*", (route) => route.abort());
      await attach(page, LONG);
      await page.waitForSelector(".upload progress");
      await page.reload();
      await live(page);
      await page.waitForSelector(".upload-note");
      await attach(page, "interview.wav");
      await page.waitForSelector(".upload progress");
      await page.route("**/files?*", (route) =>
        route.request().method() === "POST"
          ? route.fulfill({
              status: 413,
              json: { code: "too_big", detail: "The room has no space for files." },
            })
          : route.continue(),
      );
      await attach(page, "concert.wav");
      await page.waitForSelector(".upload [role=alert]");
    },
    close: async (page) => {
      // The routes stay until then: an upload that they let go ends by itself, before its click.
      for (let left = await page.locator(".upload").count(); left > 0; left--)
        await page.locator(".upload > .icon-button").first().click();
      await expect.poll(() => page.locator(".upload").count()).toBe(0);
      await page.unrouteAll();
    },
  },
];

function attach(page: Page, name: string): Promise<void> {
  const file = { name, mimeType: "audio/wav", buffer: Buffer.alloc(BYTES) };
  return page.setInputFiles(".composer input[type=file]", file);
}
