import { keysWithPrefix, loadJson, save } from "../browser-storage.ts";

/**
 * The facts that a tab remembers about an upload, so that it goes on after a reload. A page cannot keep the file itself: the person chooses it again.
 * `id`: of the message. `file`: of the upload; absent until it began. `at`: milliseconds.
 */
export type StoredUpload = {
  id: string;
  at: number;
  name: string;
  size: number;
  modified: number;
  file?: string;
};

/** The service removes an upload that got no part for a day: milliseconds. */
const KEPT_MS = 24 * 3_600_000;

export function saveUpload(room: string, { id, ...rest }: StoredUpload): void {
  save(keyOf(room, id), JSON.stringify(rest), "sessionStorage");
}

export function removeUpload(room: string, id: string): void {
  save(keyOf(room, id), "", "sessionStorage");
}

/** The uploads that an earlier page of this tab did not finish, oldest first. */
export function loadUploads(room: string, now: number): StoredUpload[] {
  const prefix = keyOf(room, "");
  return keysWithPrefix(prefix, "sessionStorage")
    .map((key) => parseUpload(key.slice(prefix.length), loadJson(key, "sessionStorage")))
    .filter((upload) => upload !== undefined)
    .filter(({ at }) => now - at < KEPT_MS)
    .sort((a, b) => a.at - b.at);
}

/** Whether a file is the one that an upload began with, as far as a browser tells. */
export function isSameFile(
  { name, size, modified }: StoredUpload,
  file: Pick<File, "name" | "size" | "lastModified">,
): boolean {
  return file.name === name && file.size === size && file.lastModified === modified;
}

function parseUpload(id: string, stored: unknown): StoredUpload | undefined {
  if (typeof stored !== "object" || stored === null) return undefined;
  const { at, name, size, modified, file } = stored as Record<string, unknown>;
  if (typeof at !== "number" || typeof name !== "string" || typeof size !== "number") return undefined;
  if (typeof modified !== "number") return undefined;
  return { id, at, name, size, modified, ...(typeof file === "string" ? { file } : {}) };
}

/** The room is encoded, so that the space after it ends every room's prefix. */
function keyOf(room: string, id: string): string {
  return `dormouse.upload ${encodeURIComponent(room)} ${id}`;
}
