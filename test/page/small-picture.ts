import { writeFile } from "node:fs/promises";
import { PNG } from "pngjs";

/** The pictures of the README are loaded with it. */
const MAX_BYTES = 120_000;
/** The levels of each colour that are tried, from the best picture to the smallest. */
const LEVELS = [256, 128, 64, 43, 32, 22];

/** Writes a picture with as many colours as fit into the limit. */
export async function writeSmall(path: string, screenshot: Buffer): Promise<void> {
  const picture = PNG.sync.read(screenshot);
  for (const levels of LEVELS) {
    const file = encode(picture, 255 / (levels - 1));
    if (file.length > MAX_BYTES) continue;
    await writeFile(path, file);
    return;
  }
  throw new Error(`${path} does not fit into ${MAX_BYTES} bytes. Choose a view with less in it.`);
}

function encode({ data, width, height }: PNG, step: number): Buffer {
  const small = new PNG({ width, height });
  small.data.set(data.map((value) => Math.round(Math.round(value / step) * step)));
  return PNG.sync.write(small, { colorType: 2, deflateLevel: 9, filterType: -1 });
}
