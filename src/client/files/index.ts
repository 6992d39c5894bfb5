/**
 * Files of a room that are too large for a message.
 * @module dormouse-rooms/files
 */

export type { FileLimits, FileLink, MessageFile } from "../../protocol/file-types.ts";
export { RoomError } from "../error.ts";
export { fileLimits, fileLink } from "./file-calls.ts";
export { messageFile } from "./message-file.ts";
export { type UploadedFile, type UploadOptions, type UploadProgress, uploadFile } from "./upload-file.ts";
