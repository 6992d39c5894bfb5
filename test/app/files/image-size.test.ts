import { describe, expect, test } from "vitest";
import { pixelCount } from "../../../src/app/files/image-size.ts";
import { gif, jpeg, png, webpExtended, webpLossless, webpLossy } from "./image-headers.ts";

describe("pixelCount", () => {
  test.each([
    ["PNG", png],
    ["GIF", gif],
    ["JPEG", jpeg],
    ["extended WebP", webpExtended],
    ["lossless WebP", webpLossless],
    ["lossy WebP", webpLossy],
  ])("[PAGE-2] reads the size of a %s from its header", (_, image) => {
    expect(pixelCount(image(300, 700))).toBe(210_000);
    expect(pixelCount(image(16_000, 12_345))).toBe(16_000 * 12_345);
  });

  test("[PAGE-2] includes the first frame of a GIF that reaches beyond the logical screen", () => {
    expect(pixelCount(gif(1, 1, 0, [20_000, 3000]))).toBe(60_000_000);
    expect(pixelCount(gif(10, 5, 8, [4, 2]))).toBe(60);
  });

  test("[PAGE-2] skips fill bytes before a JPEG marker", () => {
    expect(pixelCount(jpeg(300, 700, [0xff, 0xff, 0xff]))).toBe(210_000);
    expect(pixelCount(jpeg(300, 700, [0xff, 0xff, 0xfe, 0, 4, 1, 1]))).toBe(210_000);
  });

  test("[PAGE-2] returns NaN for a JPEG with bytes that are not a segment", () => {
    expect(pixelCount(jpeg(1, 1, [0xff, 0xd0]))).toBeNaN();
    expect(pixelCount(jpeg(1, 1, [7]))).toBeNaN();
  });

  test.each([
    ["no bytes", new Uint8Array()],
    ["text", new TextEncoder().encode("<svg width='1' height='1'/>")],
    ["a BMP", Uint8Array.from([0x42, 0x4d, ...new Array(60).fill(0)])],
    ["a truncated PNG", png(1, 1).slice(0, 22)],
    ["a truncated JPEG", jpeg(1, 1).slice(0, 14)],
  ])("[PAGE-2] returns NaN for %s", (_, bytes) => {
    expect(pixelCount(bytes)).toBeNaN();
  });
});
