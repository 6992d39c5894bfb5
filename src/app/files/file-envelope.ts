import { pixelCount } from "./image-size.ts";

/**
 * A file as a binary message (docs/PAGE.md): the four bytes `00 44 4D 46`, the header length (two bytes, big-endian), the
 * header (JSON in UTF-8), then the file. The zero byte tells it from text, the other three from other binary formats.
 */
export type FileEnvelope = {
  name: string;
  /** A media type (RFC 6838). */
  type: string;
  /** The size of an image in pixels, so that the page can reserve its space before it is decoded. */
  width?: number;
  height?: number;
  bytes: Uint8Array<ArrayBuffer>;
};

const MAGIC = [0x00, 0x44, 0x4d, 0x46];
const PREFIX_BYTES = MAGIC.length + 2;
const MAX_NAME_CHARS = 120;
const MAX_IMAGE_SIDE = 20_000;

const encoder = new TextEncoder();

export function encodeFile({ bytes, name, ...rest }: FileEnvelope): Uint8Array<ArrayBuffer> {
  const header = encoder.encode(JSON.stringify({ name: name.slice(-MAX_NAME_CHARS), ...rest }));
  const message = new Uint8Array(PREFIX_BYTES + header.length + bytes.length);
  message.set(MAGIC);
  new DataView(message.buffer).setUint16(MAGIC.length, header.length);
  message.set(header, PREFIX_BYTES);
  message.set(bytes, PREFIX_BYTES + header.length);
  return message;
}

/** Decodes a binary message; undefined if it is not a file. Every field of the header is checked, since anyone can send it. */
export function decodeFile(message: Uint8Array): FileEnvelope | undefined {
  if (message.length < PREFIX_BYTES || MAGIC.some((byte, i) => message[i] !== byte)) return undefined;
  const length = new DataView(message.buffer, message.byteOffset).getUint16(MAGIC.length);
  if (PREFIX_BYTES + length > message.length) return undefined;
  const header = decodeHeader(message.subarray(PREFIX_BYTES, PREFIX_BYTES + length));
  if (header === undefined) return undefined;
  // A copy, so that the whole frame can be garbage-collected.
  return { ...header, bytes: message.slice(PREFIX_BYTES + length) };
}

function decodeHeader(bytes: Uint8Array): Omit<FileEnvelope, "bytes"> | undefined {
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
    name: name.slice(-MAX_NAME_CHARS) || "file",
    type,
    ...(isImageSide(width) && isImageSide(height) ? { width, height } : undefined),
  };
}

function isImageSide(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= MAX_IMAGE_SIDE;
}

/** The types that browsers display. Some systems call JPEG `image/jpg`. */
const IMAGE_TYPES: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/jpg",
  "image/gif",
  "image/webp",
]);

/** Larger images can exhaust a browser's memory. Most cameras stay below. */
const MAX_PIXELS = 40e6;

/** Whether the page displays a file as an image. SVG is excluded: opened on its own, it can run scripts. */
export function isDisplayableImage({ type, bytes }: Pick<FileEnvelope, "type" | "bytes">): boolean {
  return IMAGE_TYPES.has(type) && pixelCount(bytes) <= MAX_PIXELS;
}

/** Whether the page offers to play a file. Browsers play what is audio or video, whatever the type says, and nothing else. */
export function isPlayable(type: string): boolean {
  return /^(audio|video)\//.test(type);
}
