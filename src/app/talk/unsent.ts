import { signal } from "@preact/signals";
import { fromBase64, toBase64, toHex } from "../file/base64.ts";
import { roomOf } from "../format/place.ts";
import { keep, keepOrTell, keysFrom, load, loadJson } from "../kept.ts";

/**
 * What was said and is not known to have arrived. It is kept by the browser until then, with the id under which it is
 * published, so that a reload in between neither loses it nor says it twice. Each has a key of its own: two tabs that write
 * at once do not take each other's away.
 */
export type Unsent = {
  id: string;
  /** When it was said, by this browser's clock. */
  at: number;
  said: string | Uint8Array<ArrayBuffer>;
  /** Why it was refused for good, as the service put it; absent: it is on its way. */
  why?: string;
  /** The same for a program: one of its error codes. */
  code?: string;
};

const PREFIX = "dormouse.unsent ";

/** The rooms for which something is kept that was not refused: it is still to be sent. */
export const waiting = signal(waitingRooms());

function waitingRooms(): ReadonlySet<string> {
  const rooms = keysFrom(PREFIX).map((key) => roomOf(key.split(" ")[1] ?? ""));
  return new Set(rooms.filter((room) => loadUnsent(room).some(({ why }) => why === undefined)));
}

/** Looks again: another tab may have kept something, or sent it. */
export function lookForWaiting(): void {
  waiting.value = waitingRooms();
}

export function keepUnsent(room: string, { id, said, ...rest }: Unsent): boolean {
  const what = typeof said === "string" ? { text: said } : { file: toBase64(said) };
  const wasKept = keepOrTell(keyOf(room, id), JSON.stringify({ ...rest, ...what }));
  lookForWaiting();
  return wasKept;
}

export function forgetUnsent(room: string, id: string): void {
  keep(keyOf(room, id), "");
  lookForWaiting();
}

export function isKept(room: string, id: string): boolean {
  return load(keyOf(room, id)) !== undefined;
}

/** In the order in which they were said. */
export function loadUnsent(room: string): Unsent[] {
  const prefix = keyOf(room, "");
  return keysFrom(prefix)
    .map((key) => unsentOf(key.slice(prefix.length), loadJson(key)))
    .filter((one) => one !== undefined)
    .sort((a, b) => a.at - b.at);
}

function unsentOf(id: string, kept: unknown): Unsent | undefined {
  if (typeof kept !== "object" || kept === null) return undefined;
  const { at, text, file, why, code } = kept as Record<string, unknown>;
  const said = typeof text === "string" ? text : typeof file === "string" ? decoded(file) : undefined;
  if (typeof at !== "number" || said === undefined) return undefined;
  return {
    id,
    at,
    said,
    ...(typeof why === "string" ? { why } : undefined),
    ...(typeof code === "string" ? { code } : undefined),
  };
}

function decoded(file: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return fromBase64(file);
  } catch {
    return undefined;
  }
}

/** Encoded, so that no room's keys begin like another's. */
function keyOf(room: string, id: string): string {
  return `${PREFIX}${encodeURIComponent(room)} ${id}`;
}

/** 128 random bits, as the SDK makes them for its own ids. */
export function newId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}

/** How much of each has left the browser, where so many bytes still wait: the last ones wait longest. */
export function progressOf(unsent: readonly Unsent[], buffered: number): Map<string, number> {
  const parts = new Map<string, number>();
  let waiting = buffered;
  for (const { id, said } of unsent.toReversed()) {
    const size = said.length;
    const rest = Math.min(size, waiting);
    waiting -= rest;
    if (typeof said !== "string") parts.set(id, size === 0 ? 1 : 1 - rest / size);
  }
  return parts;
}
