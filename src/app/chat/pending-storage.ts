import { signal } from "@preact/signals";
import { base64, fromBase64 } from "../../protocol/base64.ts";
import { keysWithPrefix, load, loadJson, save, saveOrWarn } from "../browser-storage.ts";
import { toHex } from "../files/hex.ts";
import { roomFromHash } from "../format/room-link.ts";
import { mentionsOf } from "./mentions.ts";
import { parseReply, type Reply } from "./reply.ts";

/**
 * A message of this user that the service has not acknowledged. The browser stores it with the id that it is published under, so
 * that a reload neither loses nor repeats it. Each message has its own key, so that two tabs cannot overwrite each other's.
 */
export type PendingChatMessage = {
  id: string;
  /** When the user sent it, by this browser's clock. */
  at: number;
  content: string | Uint8Array<ArrayBuffer>;
  /** The message that a text answers. */
  reply?: Reply;
  /** The members that a text mentions. */
  mentions?: readonly string[];
  /** Why the service refused it for good. Absent while the page still tries to send it. */
  error?: { code: string; message: string };
};

const KEY_PREFIX = "dormouse.unsent ";

/** Rooms with stored messages that still have to be sent. */
export const roomsWithPending = signal(findRoomsWithPending());

function findRoomsWithPending(): ReadonlySet<string> {
  const rooms = keysWithPrefix(KEY_PREFIX).map((key) => roomFromHash(key.split(" ")[1] ?? ""));
  return new Set(rooms.filter((room) => loadPending(room).some(({ error }) => error === undefined)));
}

/** Updates `roomsWithPending`, for example after another tab stored or sent a message. */
export function refreshRoomsWithPending(): void {
  roomsWithPending.value = findRoomsWithPending();
}

export function savePending(room: string, { id, content, ...rest }: PendingChatMessage): boolean {
  const stored = typeof content === "string" ? { text: content } : { file: base64(content) };
  const isSaved = saveOrWarn(storageKey(room, id), JSON.stringify({ ...rest, ...stored }));
  refreshRoomsWithPending();
  return isSaved;
}

export function removePending(room: string, id: string): void {
  save(storageKey(room, id), "");
  refreshRoomsWithPending();
}

export function isPendingStored(room: string, id: string): boolean {
  return load(storageKey(room, id)) !== undefined;
}

/** The pending messages of a room, oldest first. */
export function loadPending(room: string): PendingChatMessage[] {
  const prefix = storageKey(room, "");
  return keysWithPrefix(prefix)
    .map((key) => parsePending(key.slice(prefix.length), loadJson(key)))
    .filter((message) => message !== undefined)
    .sort((a, b) => a.at - b.at);
}

function parsePending(id: string, stored: unknown): PendingChatMessage | undefined {
  if (typeof stored !== "object" || stored === null) return undefined;
  const { at, text, file, error, reply: storedReply } = stored as Record<string, unknown>;
  const reply = parseReply(storedReply);
  const mentions = mentionsOf(stored);
  const content = typeof text === "string" ? text : typeof file === "string" ? decode(file) : undefined;
  if (typeof at !== "number" || content === undefined) return undefined;
  return {
    id,
    at,
    content,
    ...(reply && { reply }),
    ...(mentions.length > 0 && { mentions }),
    ...(isStoredError(error) && { error }),
  };
}

function isStoredError(error: unknown): error is { code: string; message: string } {
  if (typeof error !== "object" || error === null) return false;
  const { code, message } = error as Record<string, unknown>;
  return typeof code === "string" && typeof message === "string";
}

function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return fromBase64(text);
  } catch {
    return undefined;
  }
}

/** The room is encoded, so that the space after it ends every room's prefix. */
function storageKey(room: string, id: string): string {
  return `${KEY_PREFIX}${encodeURIComponent(room)} ${id}`;
}

/** A random message id of 128 bits. */
export function newMessageId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}
