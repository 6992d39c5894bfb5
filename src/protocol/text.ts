/** Bytes that a string takes in UTF-8. A lone surrogate counts three, as the replacement character that it becomes. */
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

/** Whether a string takes at most `max` bytes in UTF-8; counts only where the length alone does not tell. */
export function fitsUtf8(text: string, max: number): boolean {
  if (text.length * 3 <= max) return true;
  return text.length <= max && utf8Length(text) <= max;
}

/** The size of a frame as limits and budgets count it: UTF-16 code units of text, or bytes. */
export function frameSize(frame: string | ArrayBuffer): number {
  return typeof frame === "string" ? frame.length : frame.byteLength;
}
