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

export const OPCODES = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

export type FrameShape = {
  opcode: number;
  /** Of the payload, in bytes. */
  length: number;
  /** The 32 bits with which a client masks its payload; `unknown` where it has some that are not told. */
  mask?: Uint8Array | "unknown";
  /** Absent: the frame is the last of its message. */
  fin?: boolean;
};

/** One field of the header. `bits` has the most significant first; unknown bits are `?`. */
export type Field = {
  name: "FIN" | "RSV1" | "RSV2" | "RSV3" | "opcode" | "MASK" | "length" | "extended" | "key";
  bits: string;
};

const KEY_BITS = 32;
const SHORT_MOST = 125;
const MEDIUM_MOST = 0xffff;

export function headerFields({ opcode, length, mask, fin = true }: FrameShape): Field[] {
  const [short, extended] = lengthFields(length);
  const fields: Field[] = [
    { name: "FIN", bits: fin ? "1" : "0" },
    { name: "RSV1", bits: "0" },
    { name: "RSV2", bits: "0" },
    { name: "RSV3", bits: "0" },
    { name: "opcode", bits: bits(opcode, 4) },
    { name: "MASK", bits: mask === undefined ? "0" : "1" },
    { name: "length", bits: short },
  ];
  if (extended !== "") fields.push({ name: "extended", bits: extended });
  if (mask !== undefined) {
    const key =
      mask === "unknown" ? "?".repeat(KEY_BITS) : Array.from(mask, (byte) => bits(byte, 8)).join("");
    fields.push({ name: "key", bits: key });
  }
  return fields;
}

/** The 7 bits that every frame has, and the 16 or 64 that follow where these do not hold it. */
function lengthFields(length: number): [short: string, extended: string] {
  if (length <= SHORT_MOST) return [bits(length, 7), ""];
  if (length <= MEDIUM_MOST) return [bits(126, 7), bits(length, 16)];
  return [bits(127, 7), bits(length, 64)];
}

function bits(value: number, width: number): string {
  return value.toString(2).padStart(width, "0");
}

/** The same fields as bytes. Bits that are not known are zero here. */
export function headerBytes(shape: FrameShape): Uint8Array {
  const all = headerFields(shape)
    .map((field) => field.bits)
    .join("")
    .replaceAll("?", "0");
  return Uint8Array.from(all.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}
