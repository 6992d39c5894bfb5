import { BYTES_TYPE } from "../../protocol/file-names.ts";
import type { ReadableFile } from "../../rpc/file-calls.ts";
import { REVALIDATE } from "../response-headers.ts";
import { inlineTypeOf } from "./file-signature.ts";

/**
 * The headers of a file. Anyone may have uploaded it, so nothing of it runs: a browser shows only what it knows to be an image, audio or
 * video, and saves everything else.
 */
export function fileHeaders({ name, type, etag, inline }: ReadableFile): Record<string, string> {
  const shown = inline ? inlineTypeOf(type) : undefined;
  return {
    ...REVALIDATE,
    etag: `"${etag}"`,
    "accept-ranges": "bytes",
    "content-type": shown ?? BYTES_TYPE,
    "content-disposition": contentDisposition(shown === undefined ? "attachment" : "inline", name),
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
  };
}

/** The name in ASCII for old clients, and in UTF-8 for all others (RFC 6266). */
function contentDisposition(how: "inline" | "attachment", name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${how}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
