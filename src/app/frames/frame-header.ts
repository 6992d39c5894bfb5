/**
 * The header of a WebSocket frame, as RFC 6455 section 5.2 encodes it:
 *
 *      0 1 2 3 4 5 6 7   0 1 2 3 4 5 6 7
 *     +-+-+-+-+-------+ +-+-------------+ - - - - - - - - - - - + - - - - - - - +
 *     |F|R|R|R| opcode| |M| length  (7) | | length, 16 or 64 bit | masking key   |
 *     |I|S|S|S|  (4)  | |A|             | |  (if 126 or 127)     | (if MASK)     |
 *     |N|V|V|V|       | |S|             | |                      |               |
 *     | |1|2|3|       | |K|             | |                      |               |
 *     +-+-+-+-+-------+ +-+-------------+ - - - - - - - - - - - + - - - - - - - +
 */

export type FrameInfo = {
  opcode: number;
  /** The payload length in bytes. */
  length: number;
  /** The masking key, 32 bits; `unknown` if the frame is masked and the key is not known. */
  mask?: Uint8Array | "unknown";
  /** Whether the frame is the last one of its message. Default: true. */
  fin?: boolean;
};

/** One field of the header. `bits` starts with the most significant bit; an unknown bit is `?`. */
export type HeaderField = {
  name: "FIN" | "RSV1" | "RSV2" | "RSV3" | "opcode" | "MASK" | "length" | "extended" | "key";
  bits: string;
};

const KEY_BITS = 32;
const MAX_SHORT_LENGTH = 125;
const MAX_16_BIT_LENGTH = 0xffff;

export function headerFields({ opcode, length, mask, fin = true }: FrameInfo): HeaderField[] {
  const [short, extended] = lengthFields(length);
  const fields: HeaderField[] = [
    { name: "FIN", bits: fin ? "1" : "0" },
    { name: "RSV1", bits: "0" },
    { name: "RSV2", bits: "0" },
    { name: "RSV3", bits: "0" },
    { name: "opcode", bits: toBits(opcode, 4) },
    { name: "MASK", bits: mask === undefined ? "0" : "1" },
    { name: "length", bits: short },
  ];
  if (extended !== "") fields.push({ name: "extended", bits: extended });
  if (mask !== undefined) {
    const key =
      mask === "unknown" ? "?".repeat(KEY_BITS) : Array.from(mask, (byte) => toBits(byte, 8)).join("");
    fields.push({ name: "key", bits: key });
  }
  return fields;
}

/** The 7-bit length field, and the 16 or 64 bits that follow it for longer payloads. */
function lengthFields(length: number): [short: string, extended: string] {
  if (length <= MAX_SHORT_LENGTH) return [toBits(length, 7), ""];
  if (length <= MAX_16_BIT_LENGTH) return [toBits(126, 7), toBits(length, 16)];
  return [toBits(127, 7), toBits(length, 64)];
}

function toBits(value: number, width: number): string {
  return value.toString(2).padStart(width, "0");
}

/** The header as bytes. Unknown bits are zero. */
export function headerBytes(frame: FrameInfo): Uint8Array {
  const bits = headerFields(frame)
    .map((field) => field.bits)
    .join("")
    .replaceAll("?", "0");
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}
