import { writeFile } from "node:fs/promises";
import type { Page } from "playwright-core";

/** The pictures of the README are loaded with it. */
const MAX_BYTES = 120_000;
/** From the best picture to the smallest. */
const QUALITIES = [0.92, 0.85, 0.75];

/**
 * Writes a picture as WebP, as good as fits into the limit.
 * @param page a page without a content security policy, which encodes the picture
 */
export async function writeSmall(
  page: Page,
  path: string,
  screenshot: Buffer,
  maxBytes = MAX_BYTES,
): Promise<void> {
  for (const quality of QUALITIES) {
    const file = await encode(page, screenshot, quality);
    if (file.length > maxBytes) continue;
    await writeFile(path, file);
    return;
  }
  throw new Error(`${path} does not fit into ${maxBytes} bytes. Choose a view with less in it.`);
}

async function encode(page: Page, screenshot: Buffer, quality: number): Promise<Buffer> {
  const url = await page.evaluate(
    async ([png, quality]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${png}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = image.width;
      canvas.height = image.height;
      canvas.getContext("2d")?.drawImage(image, 0, 0);
      return canvas.toDataURL("image/webp", quality);
    },
    [screenshot.toString("base64"), quality] as const,
  );
  return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
}
