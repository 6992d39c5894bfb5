/**
 * How many pixels an image has by its own header, once it is decoded: a few bytes can become gigabytes, and what the message
 * around it says is only what a stranger says. Not a number where it cannot be told, also of what is no image.
 */
export function pixelsOf(bytes: Uint8Array): number {
  const byte = (at: number) => bytes[at] ?? Number.NaN;
  const big = (at: number) => byte(at) * 256 + byte(at + 1);
  const little = (at: number) => byte(at) + byte(at + 1) * 256;
  const long = (at: number) => little(at) + byte(at + 2) * 65_536;
  let at = 13;
  switch (big(0)) {
    case 0x8950: // PNG
      return (big(16) * 65_536 + big(18)) * (big(20) * 65_536 + big(22));
    case 0x4749: // GIF. Its first frame may reach beyond the screen that is named first; what is drawn then does, too.
      if (byte(10) > 127) at += 6 << (byte(10) & 7);
      for (; byte(at) === 0x21; at++) for (at += 2; byte(at) > 0; ) at += byte(at) + 1;
      return (
        Math.max(little(6), little(at + 1) + little(at + 5)) *
        Math.max(little(8), little(at + 3) + little(at + 7))
      );
    case 0x5249: // WebP, in a RIFF: extended, lossless, or lossy
      if (byte(15) === 0x58) return (long(24) + 1) * (long(27) + 1);
      if (byte(15) === 0x4c) return ((little(21) & 0x3fff) + 1) * (((long(22) >> 6) & 0x3fff) + 1);
      return (little(26) & 0x3fff) * (little(28) & 0x3fff);
    case 0xffd8:
      return pixelsOfJpeg(byte, big);
  }
  return Number.NaN;
}

type At = (at: number) => number;

/** Any segments, then that of the frame. What is no segment, a decoder may read in another way. */
function pixelsOfJpeg(byte: At, big: At): number {
  for (let at = 2; byte(at) === 0xff; ) {
    const kind = byte(at + 1);
    if (kind < 0xc0 || (kind & 0xf8) === 0xd0) break;
    if (kind < 0xc4) return big(at + 5) * big(at + 7);
    // Before any marker there may be more of its first byte.
    at += kind === 0xff ? 1 : 2 + big(at + 2);
  }
  return Number.NaN;
}
