/** The length of a string in UTF-8, in bytes. A lone surrogate counts three, like the replacement character that encodes it. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

/** Whether a string has at most `max` bytes in UTF-8. Counts bytes only where the number of code units does not decide it. */
export function fitsUtf8(text: string, max: number): boolean {
  if (text.length * 3 <= max) return true;
  return text.length <= max && utf8Length(text) <= max;
}

/** The size of a frame as limits count it: UTF-16 code units of text, or bytes. */
export function frameSize(frame: string | ArrayBuffer): number {
  return typeof frame === "string" ? frame.length : frame.byteLength;
}

/** How much longer an escape is than its character: `\u0061` has six characters, others (`\/`) have two. */
const HEX_EXTRA = 5;
const SHORT_EXTRA = 1;

const BACKSLASH = 0x5c;
const HEX = 0x75;

/**
 * Whether JSON has at most `max` characters or bytes when each escape counts as one. Counts backslashes and does not parse. White space
 * and unknown fields count, too.
 */
export function mayFit(json: string | Uint8Array, max: number): boolean {
  const excess = json.length - max;
  if (excess <= 0) return true;
  if (excess > json.length * (HEX_EXTRA / (HEX_EXTRA + 1))) return false;
  const isText = typeof json === "string";
  let saved = 0;
  for (let at = 0; saved < excess; ) {
    at = isText ? json.indexOf("\\", at) : json.indexOf(BACKSLASH, at);
    if (at < 0) return false;
    const isHex = (isText ? json.charCodeAt(at + 1) : json[at + 1]) === HEX;
    saved += isHex ? HEX_EXTRA : SHORT_EXTRA;
    // The escaped character may be a backslash itself, so skip it.
    at += 2;
  }
  return true;
}
