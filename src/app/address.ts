import { effect, signal } from "@preact/signals";
import { addressOf, roomOf, roomTyped, visited } from "./format/place.ts";
import { keep, loadJson } from "./kept.ts";

/** The room of the address, and those that were visited. */

const RECENT_KEY = "dormouse.rooms";

export const roomName = signal(roomOf(location.hash));

/** Rooms that were visited, the latest first. */
export const recent = signal<readonly string[]>(loadRecent() ?? []);

function loadRecent(): string[] | undefined {
  const kept = loadJson(RECENT_KEY);
  return Array.isArray(kept) ? kept.filter((name) => typeof name === "string") : undefined;
}

/** The whole address, to be handed to others. */
export function invitationTo(room: string): string {
  return new URL(addressOf(room), `${location.origin}/`).href;
}

/** Another tab may have been in other rooms meanwhile. */
function change(to: (rooms: readonly string[]) => readonly string[]): void {
  const rooms = to(loadRecent() ?? recent.peek());
  recent.value = rooms;
  keep(RECENT_KEY, JSON.stringify(rooms));
}

export function forget(room: string): void {
  change((rooms) => rooms.filter((name) => name !== room));
}

export function goTo(typed: string): void {
  location.hash = addressOf(roomTyped(typed, location.origin));
}

/** Follows the address from now on. */
export function followAddress(): void {
  addEventListener("hashchange", () => {
    roomName.value = roomOf(location.hash);
  });
  effect(() => {
    const room = roomName.value;
    change((rooms) => visited(rooms, room));
  });
  addEventListener("storage", ({ key }) => {
    // The room that is open here stays in the list.
    if (key === RECENT_KEY) recent.value = visited(loadRecent() ?? [], roomName.peek());
  });
}
