import { expect, test } from "vitest";
import { pixelsOf } from "../../src/app/file/pixels.ts";
import { gif, jpeg, png, webpExtended, webpLossless, webpLossy } from "./images.ts";

test.each([
  ["PNG", png],
  ["GIF", gif],
  ["JPEG", jpeg],
  ["extended WebP", webpExtended],
  ["lossless WebP", webpLossless],
  ["lossy WebP", webpLossy],
])("[PAGE-2] a %s has the pixels of its own header", (_, image) => {
  expect(pixelsOf(image(300, 700))).toBe(210_000);
  expect(pixelsOf(image(16_000, 12_345))).toBe(16_000 * 12_345);
});

test("[PAGE-2] a GIF whose first frame reaches beyond its screen has the pixels of both", () => {
  expect(pixelsOf(gif(1, 1, 0, [20_000, 3000]))).toBe(60_000_000);
  expect(pixelsOf(gif(10, 5, 8, [4, 2]))).toBe(60);
});

test("[PAGE-2] a JPEG with fill bytes before a marker has the pixels of its frame", () => {
  expect(pixelsOf(jpeg(300, 700, [0xff, 0xff, 0xff]))).toBe(210_000);
  expect(pixelsOf(jpeg(300, 700, [0xff, 0xff, 0xfe, 0, 4, 1, 1]))).toBe(210_000);
});

test("[PAGE-2] a JPEG in which decoders see what is no segment has no size that can be told", () => {
  expect(pixelsOf(jpeg(1, 1, [0xff, 0xd0]))).toBeNaN();
  expect(pixelsOf(jpeg(1, 1, [7]))).toBeNaN();
});

test.each([
  ["nothing", new Uint8Array()],
  ["text", new TextEncoder().encode("<svg width='1' height='1'/>")],
  ["a BMP", Uint8Array.from([0x42, 0x4d, ...new Array(60).fill(0)])],
  ["a PNG that ends too soon", png(1, 1).slice(0, 22)],
  ["a JPEG that ends too soon", jpeg(1, 1).slice(0, 14)],
])("[PAGE-2] the size of %s cannot be told", (_, bytes) => {
  expect(pixelsOf(bytes)).toBeNaN();
});
