import { effect, signal } from "@preact/signals";
import { addressOf, roomOf, roomTyped, visited } from "./format/place.ts";
import { keep, loadJson } from "./kept.ts";

/** The room of the address, and those that were visited. */

const RECENT_KEY = "dormouse.rooms";

export const roomName = signal(roomOf(location.hash));

/** Rooms that were visited, the latest first. */
export const recent = signal<readonly string[]>(loadRecent());

function loadRecent(): string[] {
  const kept = loadJson(RECENT_KEY);
  return Array.isArray(kept) ? kept.filter((name) => typeof name === "string") : [];
}

/** The whole address, to be handed to others. */
export function invitationTo(room: string): string {
  return new URL(addressOf(room), `${location.origin}/`).href;
}

export function forget(room: string): void {
  recent.value = recent.value.filter((name) => name !== room);
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
    recent.value = visited(recent.peek(), room);
  });
  effect(() => {
    keep(RECENT_KEY, JSON.stringify(recent.value));
  });
}
