import type { CursorStore, JoinOptions } from "../options.ts";
import { type KeyValueStorage, platform, randomId } from "../platform.ts";

const GUEST_KEY = "dormouse.guest";

/** The guest key that the browser keeps, so that its tabs and reloads are one member. Elsewhere, a new one each time. */
export function loadGuestKey(): string {
  try {
    const storage = platform.localStorage as KeyValueStorage;
    const key = storage.getItem(GUEST_KEY) ?? randomId();
    storage.setItem(GUEST_KEY, key);
    return key;
  } catch {
    return randomId();
  }
}

/** The cursor store that the options name, or that of the tab. Undefined where there is no storage (Node, a sandboxed frame). */
export function cursorStore(
  room: string,
  { cursor, history = 0, host = "", basePath = "" }: JoinOptions,
): CursorStore | null | undefined {
  if (cursor !== undefined || history > 0) return cursor;
  const key = `dormouse.cursor ${host}${basePath} ${room}`;
  try {
    const storage = platform.sessionStorage as KeyValueStorage;
    storage.getItem(key);
    return { load: () => storage.getItem(key) ?? undefined, save: (text) => storage.setItem(key, text) };
  } catch {
    return undefined;
  }
}
