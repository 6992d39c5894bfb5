import type { FileLimits, FileLink } from "../../protocol/file-types.ts";
import { type AnyRoom, filesCall, filesUrl } from "./room-request.ts";

/**
 * The files that a room takes.
 * @throws RoomError `not_found` where the service has no file store, and the other codes of the service
 * @example
 * const { maxBytes, types } = await fileLimits(room);
 */
export function fileLimits(room: AnyRoom): Promise<FileLimits> {
  return filesCall(room, "GET", "");
}

/**
 * An address that reads a file without a credential, for `src` and `href`. Anyone who has it can read the file until `expiresAt`.
 * @param file the id of a file, from the `file` of a message
 * @throws RoomError `not_found` where the file or its message is gone
 * @example
 * const { url } = await fileLink(room, file.id);
 * video.src = url;
 */
export async function fileLink(room: AnyRoom, file: string): Promise<FileLink> {
  const { url, expiresAt }: FileLink = await filesCall(room, "POST", `/${encodeURIComponent(file)}/link`);
  return { url: new URL(url, filesUrl(room)).href, expiresAt };
}
