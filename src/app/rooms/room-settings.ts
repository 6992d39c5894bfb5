import { signal } from "@preact/signals";
import { loadJson, save } from "../browser-storage.ts";
import { recentRooms } from "../router.ts";

/** The rooms that the user pinned and muted. The browser stores it, and all tabs follow a change. */

const KEY = "dormouse.room-settings";

export type RoomSetting = "pinned" | "muted";
type RoomSettings = Readonly<Record<RoomSetting, ReadonlySet<string>>>;

export const roomSettings = signal<RoomSettings>(parseRoomSettings(loadJson(KEY)));

export function parseRoomSettings(stored: unknown): RoomSettings {
  const lists = (typeof stored === "object" && stored !== null ? stored : {}) as Record<string, unknown>;
  const set = (list: unknown) =>
    new Set(Array.isArray(list) ? list.filter((room) => typeof room === "string") : []);
  return { pinned: set(lists.pinned), muted: set(lists.muted) };
}

/** Starts from what is stored, since another tab may have changed it. Rooms that left the list are forgotten. */
export function setRoomSetting(room: string, setting: RoomSetting, isOn: boolean): void {
  const stored = loadJson(KEY);
  const settings = stored === undefined ? roomSettings.peek() : parseRoomSettings(stored);
  const listed = new Set(recentRooms.peek());
  const change = (name: RoomSetting) => {
    const rooms = new Set([...settings[name]].filter((one) => listed.has(one)));
    if (name === setting && isOn) rooms.add(room);
    if (name === setting && !isOn) rooms.delete(room);
    return rooms;
  };
  const next = { pinned: change("pinned"), muted: change("muted") };
  roomSettings.value = next;
  const isEmpty = next.pinned.size + next.muted.size === 0;
  save(KEY, isEmpty ? "" : JSON.stringify({ pinned: [...next.pinned], muted: [...next.muted] }));
}

/** Takes over a change of another tab. @param key the changed key; null where all were removed */
export function syncRoomSettings(key: string | null): void {
  if (key === KEY || key === null) roomSettings.value = parseRoomSettings(loadJson(KEY));
}
