import { base64 } from "../../protocol/base64.ts";

/** A file as it is uploaded. `thumbnail`: a small image as a data URL, for the message. */
export type PreparedUpload = {
  blob: Blob;
  name: string;
  type: string;
  width?: number;
  height?: number;
  thumbnail?: string;
};

/** A data URL of the thumbnail then has at most 8 kB. */
const THUMBNAIL_BYTES = 6000;

/** Sizes of a thumbnail, tried one after the other: the longest side in pixels, and the quality. */
const THUMBNAILS = [
  [320, 0.6],
  [240, 0.5],
  [160, 0.4],
  [80, 0.3],
] as const;

/** A photo is converted, which removes the place where it was taken. Other formats hold no such data, or may be animated. */
const PHOTO_TYPES: ReadonlySet<string> = new Set(["image/jpeg", "image/jpg"]);
const PHOTO_SIDE = 4096;
const PHOTO_QUALITY = 0.9;

/** Prepares a file for its upload: an image gets a thumbnail. What this browser cannot decode is uploaded as it is. */
export async function prepareUpload(file: File): Promise<PreparedUpload> {
  const { name, type } = file;
  const original = { blob: file, name, type };
  if (!type.startsWith("image/") || type === "image/svg+xml") return original;
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (bitmap === undefined) return original;
  try {
    const thumbnail = await thumbnailOf(bitmap);
    const shown = thumbnail === undefined ? {} : { thumbnail };
    if (!PHOTO_TYPES.has(type)) return { ...original, ...shown, width: bitmap.width, height: bitmap.height };
    const photo = await draw(bitmap, PHOTO_SIDE, PHOTO_QUALITY);
    return { ...photo, ...shown, name, type: photo.blob.type };
  } finally {
    bitmap.close();
  }
}

async function thumbnailOf(bitmap: ImageBitmap): Promise<string | undefined> {
  for (const [side, quality] of THUMBNAILS) {
    const { blob } = await draw(bitmap, side, quality);
    if (blob.size > THUMBNAIL_BYTES) continue;
    return `data:${blob.type};base64,${base64(new Uint8Array(await blob.arrayBuffer()))}`;
  }
  return undefined;
}

/** The image with sides of at most so many pixels. A browser that cannot write WebP returns PNG. */
async function draw(
  bitmap: ImageBitmap,
  side: number,
  quality: number,
): Promise<{ blob: Blob; width: number; height: number }> {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (context !== null) context.imageSmoothingQuality = "high";
  context?.drawImage(bitmap, 0, 0, width, height);
  return { blob: await canvas.convertToBlob({ type: "image/webp", quality }), width, height };
}
