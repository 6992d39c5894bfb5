/** A part of a file, in bytes. */
export type ByteRange = { offset: number; length: number };

/**
 * The part of a file that a request asks for (RFC 9110, section 14). Several ranges at once, other units and what cannot be read are
 * ignored, which the standard allows.
 * @param header the header `Range`
 * @param size of the file
 * @returns undefined for the whole file; null where the file has nothing of the range
 */
export function byteRange(header: string | null, size: number): ByteRange | undefined | null {
  const [, first = "", last = ""] = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? null : { offset: size - length, length };
  }
  const offset = Number(first);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  if (last !== "" && Number(last) < offset) return undefined;
  return offset >= size ? null : { offset, length: end - offset };
}
