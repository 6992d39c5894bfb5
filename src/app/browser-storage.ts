import { signal } from "@preact/signals";

/** Reads and writes browser storage. Where storage is missing or full (a private window, a full disk), the page works without it. */

/** `localStorage` is shared by all tabs; `sessionStorage` belongs to one tab. */
type Area = "localStorage" | "sessionStorage";

/** The value of a key; undefined if there is none or storage is blocked. */
export function load(key: string, area: Area = "localStorage"): string | undefined {
  try {
    return globalThis[area].getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Stores a value and returns whether that worked. An empty value removes the key. */
export function save(key: string, value: string, area: Area = "localStorage"): boolean {
  try {
    if (value === "") globalThis[area].removeItem(key);
    else globalThis[area].setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

/** Why the last write failed; empty if there is nothing to report. */
export const storageError = signal<"" | "full" | "blocked">("");
let hasWarned = false;

/** Like `save`, for data that the user would miss. Warns once through `storageError`, and again only after a write worked. */
export function saveOrWarn(key: string, value: string): boolean {
  const isSaved = save(key, value);
  if (isSaved && value !== "") hasWarned = false;
  if (isSaved || hasWarned) return isSaved;
  hasWarned = true;
  // Removing a key needs no space, so it fails only where storage is blocked.
  storageError.value = save("dormouse.", "") ? "full" : "blocked";
  return false;
}

/** The keys that start with a prefix. */
export function keysWithPrefix(prefix: string, area: Area = "localStorage"): string[] {
  try {
    return Object.keys(globalThis[area]).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

/** Parsed JSON; undefined if there is none, or if another page of this origin wrote something else. */
export function loadJson(key: string, area?: Area): unknown {
  try {
    return JSON.parse(load(key, area) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}
