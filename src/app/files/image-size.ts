/**
 * How many pixels an image has, by its own header; NaN if that is unknown or the file is no image. A few bytes can decode to
 * gigabytes, and the size in the file envelope comes from the sender, so it proves nothing.
 */
export function pixelCount(bytes: Uint8Array): number {
  const byte: ReadNumber = (offset) => bytes[offset] ?? Number.NaN;
  const uint16: ReadNumber = (offset) => byte(offset) * 256 + byte(offset + 1);
  const uint16le: ReadNumber = (offset) => byte(offset) + byte(offset + 1) * 256;
  const uint24le: ReadNumber = (offset) => uint16le(offset) + byte(offset + 2) * 65_536;
  switch (uint16(0)) {
    case 0x8950: // PNG
      return (uint16(16) * 65_536 + uint16(18)) * (uint16(20) * 65_536 + uint16(22));
    case 0x4749: // GIF
      return gifPixelCount(byte, uint16le);
    case 0x5249: // WebP, in a RIFF container
      if (byte(15) === 0x58) return (uint24le(24) + 1) * (uint24le(27) + 1); // VP8X: extended
      if (byte(15) === 0x4c) return ((uint16le(21) & 0x3fff) + 1) * (((uint24le(22) >> 6) & 0x3fff) + 1); // VP8L: lossless
      return (uint16le(26) & 0x3fff) * (uint16le(28) & 0x3fff); // VP8: lossy
    case 0xffd8:
      return jpegPixelCount(byte, uint16);
  }
  return Number.NaN;
}

type ReadNumber = (offset: number) => number;

/** The first frame may reach beyond the logical screen. Browsers then enlarge the canvas. */
function gifPixelCount(byte: ReadNumber, uint16le: ReadNumber): number {
  let offset = 13;
  // Skip the global color table and all extensions.
  if (byte(10) > 127) offset += 6 << (byte(10) & 7);
  for (; byte(offset) === 0x21; offset++) {
    for (offset += 2; byte(offset) > 0; ) offset += byte(offset) + 1;
  }
  const width = Math.max(uint16le(6), uint16le(offset + 1) + uint16le(offset + 5));
  const height = Math.max(uint16le(8), uint16le(offset + 3) + uint16le(offset + 7));
  return width * height;
}

/** Skips segments up to the frame header. Bytes that are not a segment end the search, since decoders treat them differently. */
function jpegPixelCount(byte: ReadNumber, uint16: ReadNumber): number {
  for (let offset = 2; byte(offset) === 0xff; ) {
    const marker = byte(offset + 1);
    if (marker < 0xc0 || (marker & 0xf8) === 0xd0) break;
    if (marker < 0xc4) return uint16(offset + 5) * uint16(offset + 7);
    // Fill bytes (0xff) may precede a marker.
    offset += marker === 0xff ? 1 : 2 + uint16(offset + 2);
  }
  return Number.NaN;
}
