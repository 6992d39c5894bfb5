/** Headers of images of a given size, in each format that the page displays. */

const text = (ascii: string) => Array.from(ascii, (char) => char.charCodeAt(0));
const big = (value: number) => [(value >> 8) & 255, value & 255];
const little = (value: number) => big(value).reverse();
const bytes = (...parts: number[][]) => Uint8Array.from(parts.flat());

/** PNG, section 11.2.1. */
export const png = (width: number, height: number) =>
  bytes([0x89], text("PNG\r\n\x1a\n"), [0, 0, 0, 13], text("IHDR"), [0, 0], big(width), [0, 0], big(height));

/** GIF89a: a logical screen, a table of four colors, an extension with two blocks, a frame. */
export const gif = (width: number, height: number, left = 0, frame: [number, number] = [width, height]) =>
  bytes(
    text("GIF89a"),
    little(width),
    little(height),
    [0x81, 0, 0],
    new Array(12).fill(7),
    [0x21, 0xfe, 2, 1, 1, 1, 1, 0],
    [0x2c],
    little(left),
    little(0),
    ...frame.map(little),
    [0],
  );

/** JPEG: a JFIF segment, a quantization table, Huffman tables, then the frame header with the given marker. */
export const jpeg = (width: number, height: number, before: number[] = [], sof = 0xc2) =>
  bytes(
    [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xdb, 0, 3, 9, 0xff, 0xc4, 0, 3, 9],
    before,
    [0xff, sof, 0, 17, 8],
    big(height),
    big(width),
  );

const riff = (kind: string, ...rest: number[][]) =>
  bytes(text("RIFF"), [0, 0, 0, 0], text(`WEBP${kind}`), [0, 0, 0, 0], ...rest);

/** WebP (RFC 9649): extended, lossless and lossy. */
export const webpExtended = (width: number, height: number) =>
  riff("VP8X", [0, 0, 0, 0], little(width - 1), [0], little(height - 1), [0]);

export const webpLossless = (width: number, height: number) => {
  const bits = (width - 1) | ((height - 1) << 14);
  return riff("VP8L", [0x2f], little(bits & 0xffff), little(bits >>> 16));
};

export const webpLossy = (width: number, height: number) =>
  riff("VP8 ", [0, 0, 0, 0x9d, 0x01, 0x2a], little(width), little(height));
