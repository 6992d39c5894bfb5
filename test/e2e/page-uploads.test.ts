import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { People } from "../support/people.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const PART = 5_242_880;

let people: People;
beforeAll(async () => {
  people = await People.start({
    FILE_PART_BYTES: String(PART),
    FILE_BYTES: String(3 * PART),
    FILE_TYPES: "image/*, audio/*, video/*, application/octet-stream",
  });
});
afterAll(() => people?.stop());

const attach = (page: Page, files: Parameters<Page["setInputFiles"]>[1]) =>
  page.setInputFiles(".composer input[type=file]", files);

/** Seconds of silence, as a WAV file. */
function wav(seconds: number): Buffer {
  const size = seconds * 44_100 * 2;
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + size, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(44_100, 24);
  head.writeUInt32LE(88_200, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(size, 40);
  return Buffer.concat([head, Buffer.alloc(size)]);
}

test("[FILE-11] the page uploads a file over a cut network and a reload, and can cancel it", async () => {
  const ada = await people.person("uploads", "Ada");
  const bob = await people.person("uploads", "Bob");
  const path = join(await temporaryDirectory(), "film.bin");
  writeFileSync(path, Buffer.alloc(2 * PART + 7, 5));
  // The second part does not get through, so that the first page cannot finish.
  await ada.route("**/parts/2*", (route) => route.abort());
  await attach(ada, path);
  const bar = ada.locator(".upload progress");
  await expect.poll(() => bar.getAttribute("aria-label")).toMatch(/^Uploading film\.bin: [3-6]\d%$/);
  await ada.reload();
  await ada.waitForSelector(".upload-note");
  await expect.poll(() => ada.textContent(".upload-note")).toContain("Choose the same file to continue.");
  await ada.setInputFiles(".upload-picker", {
    name: "other.bin",
    mimeType: "application/octet-stream",
    buffer: Buffer.alloc(3),
  });
  await expect.poll(() => ada.textContent(".upload-note")).toContain("This is another file.");
  await ada.unroute("**/parts/2*");
  const parts: string[] = [];
  ada.on("request", (request) => {
    const part = /parts\/(\d+)/.exec(request.url())?.[1];
    if (part !== undefined) parts.push(part);
  });
  await ada.setInputFiles(".upload-picker", path);
  await bob.waitForSelector(".message .file-attachment");
  await expect.poll(() => ada.locator(".upload").count()).toBe(0);
  expect(parts).toEqual(["2", "3"]);
  expect(await bob.textContent(".message .file-attachment")).toContain("10.5 MB");
  const [download] = await Promise.all([
    bob.waitForEvent("download"),
    bob.click(".message .file-attachment"),
  ]);
  expect(download.suggestedFilename()).toBe("film.bin");

  await ada.route("**/parts/*", (route) => route.abort());
  await attach(ada, path);
  await ada.waitForSelector(".upload progress");
  await ada.getByRole("button", { name: "Cancel the upload of film.bin" }).click();
  await expect.poll(() => ada.locator(".upload").count()).toBe(0);
  expect(await ada.evaluate(() => document.activeElement?.id)).toBe("text");
  await ada.reload();
  await ada.waitForSelector(".message .file-attachment");
  expect(await ada.locator(".upload").count()).toBe(0);
}, 90_000);

test("[FILE-11] the page shows images by a thumbnail, plays audio, and says which files a room does not take", async () => {
  const ada = await people.person("media", "Ada");
  const bob = await people.person("media", "Bob");
  const png = await ada.evaluate(async () => {
    const canvas = new OffscreenCanvas(400, 200);
    const context = canvas.getContext("2d");
    const image = new ImageData(400, 200);
    for (let at = 0; at < image.data.length; at += 65_536)
      crypto.getRandomValues(new Uint8Array(image.data.buffer, at, Math.min(65_536, image.data.length - at)));
    context?.putImageData(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  await attach(ada, [{ name: "noise.png", mimeType: "image/png", buffer: Buffer.from(png) }]);
  await bob.waitForSelector(".image-attachment img");
  const shown = (selector: string) =>
    bob
      .locator(selector)
      .evaluate((image) => [(image as HTMLImageElement).naturalWidth, (image as HTMLImageElement).src]);
  const [thumbnailWidth, thumbnail] = await shown(".image-attachment img");
  expect(thumbnail).toMatch(/^data:image\/webp;base64,.{1,8192}$/);
  expect(thumbnailWidth).toBeLessThanOrEqual(320);
  await bob.click(".image-attachment");
  await expect.poll(async () => (await shown("dialog[open] img"))[0]).toBe(400);
  expect((await shown("dialog[open] img"))[1]).toContain("signature=");
  await bob.keyboard.press("Escape");

  const folder = await temporaryDirectory();
  const files = {
    "song.wav": wav(4),
    "page.html": Buffer.alloc(300_000),
    "big.bin": Buffer.alloc(3 * PART + 1),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  await attach(
    ada,
    Object.keys(files).map((name) => join(folder, name)),
  );
  await expect
    .poll(() => ada.textContent(".notice"))
    .toMatch(/page\.html was not sent.*image\/\*.*\n.*big\.bin is 15\.7 MB, over the limit of 15\.7 MB/);
  await bob.getByRole("button", { name: "Play song.wav" }).click();
  const duration = () => bob.locator("audio").evaluate((audio) => (audio as HTMLAudioElement).duration);
  await expect.poll(duration).toBe(4);

  // A message is what anyone publishes. None of it becomes markup, and none of it loads.
  const post = (data: unknown) =>
    fetch(`${people.service.url}/v1/rooms/media/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ data }),
    });
  const file = { id: "A".repeat(22), name: "<img src=x>\u202Egnp.exe", type: "image/png", size: 9 };
  await post({ file: { ...file, id: "../../x" }, thumbnail: "data:image/svg+xml,<svg/>" });
  await post({ file, thumbnail: "https://example.com/a.png" });
  await expect.poll(() => bob.locator(".message").count()).toBe(4);
  await expect.poll(() => bob.locator(".message").last().textContent()).toContain("<img src=x>");
  expect(await bob.locator(".message").nth(2).textContent()).toContain("../../x");
  expect(await bob.locator(".message img").count()).toBe(1);
  await bob.locator(".message .file-attachment").last().click();
  await expect.poll(() => bob.textContent(".notice")).toContain("could not be loaded");
  people.errors.splice(0, people.errors.length, ...people.errors.filter((line) => !line.includes("404")));
  expect(people.errors.filter((line) => !line.includes("ERR_FAILED"))).toEqual([]);
}, 90_000);

test("[FILE-11] the page plays audio that is inside its message", async () => {
  const ada = await people.person("short", "Ada");
  await attach(ada, [{ name: "short.wav", mimeType: "audio/wav", buffer: wav(1) }]);
  // The row of a message that is being sent is another one than that of the message.
  const sent = ada.locator(".message:not(.pending)");
  await sent.getByRole("button", { name: "Play short.wav" }).click();
  const duration = () => ada.locator("audio").evaluate((audio) => (audio as HTMLAudioElement).duration);
  await expect.poll(duration).toBe(1);
  await attach(ada, [{ name: "lie.wav", mimeType: "audio/wav", buffer: Buffer.from("<script>") }]);
  await sent.getByRole("button", { name: "Play lie.wav" }).click();
  await expect.poll(() => ada.textContent(".player [role=alert]")).toContain("cannot play this file");
});
