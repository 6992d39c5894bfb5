import { type Envelope, isImage, pack } from "./envelope.ts";

/** Room for the name and type of a file, and for what the protocol puts around them. */
const OVERHEAD = 1024;
const WIDEST = 1920;
/** Below this there is nothing left to see. */
const NARROWEST = 160;
const QUALITY = { first: 0.85, next: 0.7 } as const;

export class TooBig extends Error {}

/**
 * A file, ready to be sent in a message of at most so many bytes. An image that is larger is scaled down, which also leaves
 * behind where and when a photo was taken.
 * @throws TooBig
 */
export async function prepare(file: File, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const space = most - OVERHEAD;
  const { name } = file;
  const isPicture = file.type.startsWith("image/") && file.type !== "image/svg+xml";
  // One that this browser cannot decode (HEIC, TIFF) crosses as any other file does.
  const bitmap = isPicture ? await createImageBitmap(file).catch(() => undefined) : undefined;
  const fits = file.size <= space;
  const type = file.type || "application/octet-stream";
  const asIs = { name, type, bytes: await bytesOf(fits ? file : new Blob()) };
  if (bitmap !== undefined) {
    try {
      const { width, height } = bitmap;
      if (isImage(asIs)) return pack({ ...asIs, width, height });
      const other = await smaller(bitmap, space);
      if (other !== undefined) return pack({ name, ...other });
    } finally {
      bitmap.close();
    }
  }
  if (!fits) throw new TooBig();
  return pack(asIs);
}

/**
 * Each try takes its size from what came of the one before: bytes go with the square of the side. Undefined where nothing that
 * can be seen is small enough.
 */
async function smaller(bitmap: ImageBitmap, space: number): Promise<Omit<Envelope, "name"> | undefined> {
  const longest = Math.max(bitmap.width, bitmap.height);
  let quality: number = QUALITY.first;
  for (let side = Math.min(WIDEST, longest); ; ) {
    const width = Math.max(1, Math.round((bitmap.width * side) / longest));
    const height = Math.max(1, Math.round((bitmap.height * side) / longest));
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, width, height);
    // A browser that cannot write WebP writes PNG, and says so.
    const blob = await canvas.convertToBlob({ type: "image/webp", quality });
    if (blob.size <= space) return { type: blob.type, width, height, bytes: await bytesOf(blob) };
    // The lower quality alone saves nearly half.
    const goal = quality === QUALITY.first ? 1.6 * space : 0.9 * space;
    side *= Math.min(0.9, Math.max(0.3, Math.sqrt(goal / blob.size)));
    if (side < NARROWEST) return undefined;
    quality = QUALITY.next;
  }
}

async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer());
}
