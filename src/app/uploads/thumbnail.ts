import { fromBase64 } from "../../protocol/base64.ts";
import { pixelCount } from "../files/image-size.ts";

/** Anyone may publish a thumbnail, so it is small in characters and in pixels. */
const MAX_CHARS = 8192;
const MAX_PIXELS = 1e6;

const DATA_URL = /^data:image\/(?:webp|png|jpeg);base64,([A-Za-z0-9+/]+=*)$/;

/** The thumbnail of a message, as a data URL that is safe to show; undefined where it has none. */
export function thumbnailIn(data: unknown): string | undefined {
  const thumbnail: unknown = (data as { thumbnail?: unknown } | null)?.thumbnail;
  if (typeof thumbnail !== "string" || thumbnail.length > MAX_CHARS) return undefined;
  const [, content] = DATA_URL.exec(thumbnail) ?? [];
  try {
    return content !== undefined && pixelCount(fromBase64(content)) <= MAX_PIXELS ? thumbnail : undefined;
  } catch {
    return undefined;
  }
}
