import { pixelsOf } from "./pixels.ts";

/**
 * A file as a binary message (docs/PAGE.md): the four bytes `00 44 4D 46`, two bytes with the
 * length of a header (big-endian), the header as JSON in UTF-8, then the file as it is. The zero byte tells it from any
 * text, and the rest from formats that begin with one.
 */
export type Envelope = {
  name: string;
  /** A media type (RFC 6838). */
  type: string;
  /** Of an image, in pixels, so that its place is kept before it is decoded. */
  width?: number;
  height?: number;
  bytes: Uint8Array<ArrayBuffer>;
};

const MAGIC = [0x00, 0x44, 0x4d, 0x46];
const FIXED = MAGIC.length + 2;
const MOST_HEADER = 0xffff;
const NAME_CHARS = 120;
const MOST_PIXELS = 20_000;

const encoder = new TextEncoder();

export function pack({ bytes, name, ...rest }: Envelope): Uint8Array<ArrayBuffer> {
  const head = encoder.encode(JSON.stringify({ name: name.slice(-NAME_CHARS), ...rest }));
  const packed = new Uint8Array(FIXED + head.length + bytes.length);
  packed.set(MAGIC);
  new DataView(packed.buffer).setUint16(MAGIC.length, head.length);
  packed.set(head, FIXED);
  packed.set(bytes, FIXED + head.length);
  return packed;
}

/** Undefined where these bytes are something else. Nothing in the header is taken on trust. */
export function unpack(message: Uint8Array): Envelope | undefined {
  if (message.length < FIXED || MAGIC.some((byte, i) => message[i] !== byte)) return undefined;
  const length = new DataView(message.buffer, message.byteOffset).getUint16(MAGIC.length);
  if (length > MOST_HEADER || FIXED + length > message.length) return undefined;
  const header = headerOf(message.subarray(FIXED, FIXED + length));
  if (header === undefined) return undefined;
  // A copy, so that the frame around it may be forgotten.
  return { ...header, bytes: message.slice(FIXED + length) };
}

function headerOf(bytes: Uint8Array): Omit<Envelope, "bytes"> | undefined {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof header !== "object" || header === null) return undefined;
  const { name, type, width, height } = header as Record<string, unknown>;
  if (typeof name !== "string" || typeof type !== "string") return undefined;
  return {
    name: name.slice(-NAME_CHARS) || "file",
    type,
    ...(isPixels(width) && isPixels(height) ? { width, height } : undefined),
  };
}

function isPixels(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= MOST_PIXELS;
}

/** As browsers know them: some systems say `image/jpg`. */
const IMAGES: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/jpg",
  "image/gif",
  "image/webp",
]);

/** What browsers decode without trouble; most cameras stay below it. */
const MOST_DECODED = 40e6;

/**
 * Whether it is shown as an image. An SVG is not: opened on its own it is a document that can run scripts. Nor is one that
 * would take more memory than a browser has.
 */
export function isImage({ type, bytes }: Pick<Envelope, "type" | "bytes">): boolean {
  return IMAGES.has(type) && pixelsOf(bytes) <= MOST_DECODED;
}
