import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type Cursor, formatCursor, parseCursor } from "../../protocol/cursor.ts";
import { load, save } from "../browser-storage.ts";
import { currentRoom, recentRooms } from "../router.ts";
import { formatCount, parseCount, type RoomCount, shownCount } from "./room-count.ts";
import { roomSettings } from "./room-settings.ts";

/** The unread messages in the rooms of the list. One tab counts, all tabs show it: the browser stores the last known numbers. */

const COUNT_PREFIX = "dormouse.unread ";
const READ_PREFIX = "dormouse.read ";

/** By room. Without storage, they are all there is. */
const counts = new Map<string, Signal<RoomCount | undefined>>();

export function loadRead(room: string): Cursor | undefined {
  return parseCursor(load(READ_PREFIX + room));
}

export function saveRead(room: string, { epoch, seq }: Cursor): void {
  save(READ_PREFIX + room, formatCursor(epoch, seq));
}

function signalOf(room: string): Signal<RoomCount | undefined> {
  let count = counts.get(room);
  if (count === undefined) {
    count = signal(parseCount(load(COUNT_PREFIX + room)));
    counts.set(room, count);
    count.value = shownCount(count.peek(), loadRead(room));
  }
  return count;
}

export function countOf(room: string): ReadonlySignal<RoomCount | undefined> {
  return signalOf(room);
}

export function setCount(room: string, count: RoomCount): void {
  signalOf(room).value = count;
  const text = formatCount(count);
  // Every write wakes all other tabs.
  if (load(COUNT_PREFIX + room) !== text) save(COUNT_PREFIX + room, text);
}

/** Removes what is stored of a room that left the list. */
export function forgetCount(room: string): void {
  counts.delete(room);
  save(COUNT_PREFIX + room, "");
}

/** Marks everything that is known of a room as read. */
export function markRoomRead(room: string): void {
  const count = signalOf(room).peek();
  if (count === undefined || count.epoch === "") return;
  saveRead(room, count);
  setCount(room, { ...count, read: count.seq, unread: 0, mentions: 0 });
}

/**
 * Takes over what another tab stored.
 * @returns the room whose read position changed, if it did
 */
export function syncCounts(key: string | null): string | undefined {
  for (const prefix of [COUNT_PREFIX, READ_PREFIX]) {
    if (!key?.startsWith(prefix)) continue;
    const room = key.slice(prefix.length);
    const count = counts.get(room);
    if (count === undefined) continue;
    const stored = parseCount(load(COUNT_PREFIX + room)) ?? count.peek();
    count.value = shownCount(stored, loadRead(room));
    if (prefix === READ_PREFIX) return room;
  }
  return undefined;
}

const otherRooms = computed(() => recentRooms.value.filter((room) => room !== currentRoom.value));

/** The mentions in all rooms but the open one, muted ones included: somebody asked for this user there. */
export const mentionsInOtherRooms = computed(() =>
  otherRooms.value.reduce((sum, room) => sum + (signalOf(room).value?.mentions ?? 0), 0),
);

/** Whether another room that is not muted has unread messages. */
export const isUnreadSomewhere = computed(() =>
  otherRooms.value.some(
    (room) => (signalOf(room).value?.unread ?? 0) > 0 && !roomSettings.value.muted.has(room),
  ),
);
