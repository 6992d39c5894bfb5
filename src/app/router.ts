import { batch, effect, signal } from "@preact/signals";
import { loadJson, save } from "./browser-storage.ts";
import {
  addRecentRoom,
  hashOfRoom,
  messageFromHash,
  roomFromHash,
  roomFromInput,
} from "./format/room-link.ts";
import { takeArrived } from "./sign-in/arrived-token.ts";

/** The room in the address bar, and the rooms that this browser visited. */

const RECENT_KEY = "dormouse.rooms";

/** The part of the address that a sign-in page or an invitation added, until the page has handled it. */
export const arrivedToken = signal(takeArrived());
export const currentRoom = signal(roomFromHash(location.hash));
/** The message in the address bar, until the page has shown it. */
export const linkedMessage = signal(messageFromHash(location.hash));

/** Visited rooms, newest first. */
export const recentRooms = signal<readonly string[]>(loadRecentRooms() ?? []);

function loadRecentRooms(): string[] | undefined {
  const stored = loadJson(RECENT_KEY);
  return Array.isArray(stored) ? stored.filter((name) => typeof name === "string") : undefined;
}

/** A link to a room, or to a message of it. */
export function inviteLink(room: string, seq?: number): string {
  return new URL(hashOfRoom(room, seq), `${location.origin}/`).href;
}

/** Starts from what is stored, since another tab may have changed the list. */
export function updateRecentRooms(update: (rooms: readonly string[]) => readonly string[]): void {
  const rooms = update(loadRecentRooms() ?? recentRooms.peek());
  recentRooms.value = rooms;
  save(RECENT_KEY, JSON.stringify(rooms));
}

/** Opens a room by its name or its link. */
export function openRoom(input: string): void {
  const link = input.trim();
  location.hash = link.startsWith(`${location.origin}/`)
    ? (URL.parse(link)?.hash ?? "")
    : hashOfRoom(roomFromInput(input, location.origin));
}

export function watchAddress(): void {
  addEventListener("hashchange", () => {
    batch(() => {
      arrivedToken.value = takeArrived();
      currentRoom.value = roomFromHash(location.hash);
      linkedMessage.value = messageFromHash(location.hash);
    });
  });
  effect(() => {
    const room = currentRoom.value;
    updateRecentRooms((rooms) => addRecentRoom(rooms, room));
  });
  addEventListener("storage", ({ key }) => {
    // The open room stays in the list, even if another tab removed it.
    if (key === RECENT_KEY) recentRooms.value = addRecentRoom(loadRecentRooms() ?? [], currentRoom.peek());
  });
}
