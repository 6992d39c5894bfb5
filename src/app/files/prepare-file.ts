import { encodeFile, type FileEnvelope, isDisplayableImage } from "./file-envelope.ts";

/** Space for the file header and the protocol's framing. */
const OVERHEAD_BYTES = 1024;
const MAX_SIDE = 1920;
/** A smaller image shows nothing. */
const MIN_SIDE = 160;
const QUALITY = { first: 0.85, retry: 0.7 } as const;

export class FileTooBigError extends Error {}

/**
 * Encodes a file as a message of at most `maxBytes`. An image that is too large is scaled down, which also removes metadata such
 * as the place where a photo was taken.
 * @throws FileTooBigError
 */
export async function prepareFile(file: File, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const space = maxBytes - OVERHEAD_BYTES;
  const { name } = file;
  const isImageFile = file.type.startsWith("image/") && file.type !== "image/svg+xml";
  // An image that this browser cannot decode (HEIC, TIFF) is sent as an ordinary file.
  const bitmap = isImageFile ? await createImageBitmap(file).catch(() => undefined) : undefined;
  const fits = file.size <= space;
  const type = file.type || "application/octet-stream";
  const original = { name, type, bytes: await bytesOf(fits ? file : new Blob()) };
  if (bitmap !== undefined) {
    try {
      const { width, height } = bitmap;
      if (isDisplayableImage(original)) return encodeFile({ ...original, width, height });
      const scaled = await scaleDown(bitmap, space);
      if (scaled !== undefined) return encodeFile({ name, ...scaled });
    } finally {
      bitmap.close();
    }
  }
  if (!fits) throw new FileTooBigError();
  return encodeFile(original);
}

/**
 * Converts an image to WebP of at most `space` bytes. Each attempt derives its size from the last one: bytes grow with the square
 * of the side. Undefined if even the smallest size does not fit.
 */
async function scaleDown(
  bitmap: ImageBitmap,
  space: number,
): Promise<Omit<FileEnvelope, "name"> | undefined> {
  const longest = Math.max(bitmap.width, bitmap.height);
  let quality: number = QUALITY.first;
  for (let side = Math.min(MAX_SIDE, longest); ; ) {
    const width = Math.max(1, Math.round((bitmap.width * side) / longest));
    const height = Math.max(1, Math.round((bitmap.height * side) / longest));
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, width, height);
    // A browser that cannot write WebP returns PNG and sets the type accordingly.
    const blob = await canvas.convertToBlob({ type: "image/webp", quality });
    if (blob.size <= space) return { type: blob.type, width, height, bytes: await bytesOf(blob) };
    // The lower quality of the next attempt alone saves nearly half.
    const target = quality === QUALITY.first ? 1.6 * space : 0.9 * space;
    side *= Math.min(0.9, Math.max(0.3, Math.sqrt(target / blob.size)));
    if (side < MIN_SIDE) return undefined;
    quality = QUALITY.retry;
  }
}

async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer());
}
