import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeFile } from "../../src/app/files/file-envelope.ts";
import { live, People, WATCH_SHIFTS } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  // Without a file store, files stay inside messages.
  people = await People.start({ FILE_BYTES: "0" });
});
afterAll(() => people?.stop());

test("[PAGE-2] the page sends images by button, paste and drop, scales large ones down, and rejects other files that are too large", async () => {
  const ada = await people.person("pictures", "Ada");
  const bob = await people.person("pictures", "Bob");
  // A short conversation moves up with each message, so fill the page before layout shifts are recorded.
  await people.says("pictures", ["line\n".repeat(19), "line\n".repeat(19), "line\n".repeat(19)]);
  await expect.poll(() => bob.locator(".message").count()).toBe(3);
  await bob.evaluate(WATCH_SHIFTS);
  const png = await ada.screenshot();
  await ada.setInputFiles("input[type=file]", {
    name: "<b>page</b>.png",
    mimeType: "image/png",
    buffer: png,
  });
  const sizes = () =>
    bob.evaluate(() =>
      [...document.querySelectorAll("img")].map(({ naturalWidth }) => naturalWidth).slice(1),
    );
  await expect.poll(sizes).toEqual([1100]);
  expect(await bob.locator(".image-attachment").getAttribute("aria-label")).toBe(
    "Image from Ada: <b>page</b>.png. Enlarge <b>page</b>.png",
  );
  // Noise does not compress, so an image of it has to be scaled down.
  for (const [i, type] of ["paste", "drop"].entries()) {
    await ada.evaluate(async (type) => {
      const canvas = new OffscreenCanvas(2400, 1200);
      const context = canvas.getContext("2d");
      const image = new ImageData(2400, 1200);
      for (let at = 0; at < image.data.length; at += 65_536)
        crypto.getRandomValues(
          new Uint8Array(image.data.buffer, at, Math.min(65_536, image.data.length - at)),
        );
      context?.putImageData(image, 0, 0);
      const files = new DataTransfer();
      files.items.add(
        new File([await canvas.convertToBlob({ type: "image/png" })], "photo.png", { type: "image/png" }),
      );
      const init = { bubbles: true, cancelable: true };
      document
        .querySelector("#text")
        ?.dispatchEvent(
          type === "paste"
            ? new ClipboardEvent(type, { ...init, clipboardData: files })
            : new DragEvent(type, { ...init, dataTransfer: files }),
        );
    }, type);
    await expect.poll(() => sizes().then(({ length }) => length)).toBe(i + 2);
  }
  const [, pasted = 0] = await sizes();
  expect(pasted).toBeGreaterThan(300);
  expect(pasted).toBeLessThan(2400);
  await ada.setInputFiles("input[type=file]", [
    { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("notes") },
    { name: "film.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(300_000) },
    { name: "more.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(400_000) },
  ]);
  await bob.waitForSelector(".message .file-attachment");
  const [download] = await Promise.all([
    bob.waitForEvent("download"),
    bob.click(".message .file-attachment"),
  ]);
  expect(download.suggestedFilename()).toBe("notes.txt");
  await expect
    .poll(() => ada.textContent(".notice"))
    .toMatch(
      /film\.mp4 is 300 kB\. This service has no file store.* at most 262 kB.*\n.*more\.mp4 is 400 kB/,
    );
  expect(await ada.locator(".message.pending, .message.failed").count()).toBe(0);
  await bob.click(".image-attachment >> nth=0");
  await bob.waitForSelector("dialog[open] img");
  await bob.keyboard.press("Escape");
  await expect.poll(() => bob.locator("dialog").count()).toBe(0);
  expect(await bob.evaluate("shifted")).toEqual([]);
  await bob.reload();
  await live(bob);
  await expect.poll(() => sizes().then(({ length }) => length)).toBe(3);
  expect(people.errors).toEqual([]);
}, 60_000);

test.each([
  ["of ordinary proportions", 640, 480, 4 / 3],
  ["very tall", 1, 20_000, 1 / 6],
  ["very wide", 20_000, 1, 6],
])(
  "[PAGE-2] the page reserves limited space for an image whose header says that it is %s",
  async (shape, width, height, ratio) => {
    const ada = await people.person(shape, "Ada", { viewport: { width: 390, height: 844 } });
    const bytes = new Uint8Array(await ada.screenshot());
    await people.says(shape, [
      Buffer.from(encodeFile({ name: "a.png", type: "image/png", width, height, bytes })),
    ]);
    await ada.waitForSelector(".image-attachment img");
    const box = (await ada.locator(".image-attachment").boundingBox()) ?? { width: 0, height: 0 };
    expect(box.width / box.height).toBeCloseTo(ratio, 1);
    expect(box.height).toBeLessThanOrEqual(320);
    expect(box.height).toBeGreaterThanOrEqual(48);
  },
);

test.each([
  ["text", "spreadsheet cells with an image of them", "a\tb", "image.png", false],
  ["a file", "a file with its name as text", "hills.png", "hills.png", true],
  ["a file", "an image without text", "", "image.png", true],
])("[PAGE-2] the message box pastes %s from %s", async (_, source, text, name, isFile) => {
  const ada = await people.person(`paste ${source.slice(0, 20)}`, "Ada");
  const isHandled = await ada.evaluate(
    async ([text, name]) => {
      const canvas = new OffscreenCanvas(8, 8);
      canvas.getContext("2d");
      const clipboardData = new DataTransfer();
      if (text !== "") clipboardData.setData("text/plain", text);
      clipboardData.items.add(new File([await canvas.convertToBlob()], name, { type: "image/png" }));
      const event = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData });
      document.querySelector("#text")?.dispatchEvent(event);
      return event.defaultPrevented;
    },
    [text, name] as const,
  );
  expect(isHandled).toBe(isFile);
  await expect.poll(() => ada.locator(".message .image-attachment").count()).toBe(isFile ? 1 : 0);
});

test("[PAGE-2] the page displays PNG, JPEG and WebP images", async () => {
  const ada = await people.person("formats", "Ada");
  await ada.evaluate(async () => {
    const canvas = new OffscreenCanvas(64, 48);
    canvas.getContext("2d");
    const dataTransfer = new DataTransfer();
    for (const type of ["image/png", "image/jpeg", "image/webp"])
      dataTransfer.items.add(new File([await canvas.convertToBlob({ type })], "a", { type }));
    document
      .querySelector("#text")
      ?.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
  });
  const sizes = () =>
    ada
      .locator(".message:not(.pending) img")
      .evaluateAll((all) => all.map((img) => (img as HTMLImageElement).naturalWidth));
  await expect.poll(sizes).toEqual([64, 64, 64]);
});

test("[PAGE-2] the page displays a BMP, which it converts, and a JPEG with the type image/jpg", async () => {
  const ada = await people.person("icons", "Ada");
  const side = 120;
  const bmp = Buffer.alloc(54 + side * side * 3, 200);
  bmp.fill(0, 0, 54).write("BM");
  for (const [at, value] of [
    [2, bmp.length],
    [10, 54],
    [14, 40],
    [18, side],
    [22, side],
    [26, 1 + (24 << 16)],
  ] as const)
    bmp.writeUInt32LE(value, at);
  await ada.setInputFiles("input[type=file]", { name: "a.bmp", mimeType: "image/bmp", buffer: bmp });
  const buffer = await ada.screenshot({ type: "jpeg" });
  await ada.setInputFiles("input[type=file]", { name: "a.jpg", mimeType: "image/jpg", buffer });
  const shown = () =>
    ada
      .locator(".message:not(.pending) img")
      .evaluateAll((all) =>
        all.map((img) => [(img as HTMLImageElement).naturalWidth, (img as HTMLImageElement).naturalHeight]),
      );
  await expect.poll(shown).toEqual([
    [side, side],
    [1100, 720],
  ]);
  expect(await ada.locator(".notice").count()).toBe(0);
});

test("[PAGE-2] the page sends an image that the browser cannot decode as a file", async () => {
  const ada = await people.person("heic", "Ada");
  const file = (name: string, bytes: number) => ({
    name,
    mimeType: "image/heic",
    buffer: Buffer.alloc(bytes, 7),
  });
  await ada.setInputFiles("input[type=file]", [file("small.heic", 1000), file("large.heic", 300_000)]);
  await expect.poll(() => ada.textContent(".notice")).toContain("large.heic is 300 kB");
  await expect
    .poll(() => ada.locator(".message:not(.pending) .file-attachment .file-name").allTextContents())
    .toEqual(["small.heic"]);
});
