/** Chooses the order of the rooms in the list, and the rooms that the page stays connected to. */

/** How many rooms the page is connected to besides the open one. */
export const MAX_WATCHED = 10;

/** Pinned rooms first. Otherwise each room keeps its place. */
export function pinnedFirst(rooms: readonly string[], pinned: ReadonlySet<string>): readonly string[] {
  const sorted = [...rooms.filter((room) => pinned.has(room)), ...rooms.filter((room) => !pinned.has(room))];
  return sorted.every((room, i) => room === rooms[i]) ? rooms : sorted;
}

/** The visits after one more, latest first. */
export function addVisit(visits: readonly string[], room: string): string[] {
  return [room, ...visits.filter((other) => other !== room)].slice(0, MAX_WATCHED + 1);
}

/** The rooms of the list that were visited last, without the open one; then those at the top of the list. */
export function roomsToWatch(
  rooms: readonly string[],
  visits: readonly string[],
  current: string,
): readonly string[] {
  const listed = new Set(rooms);
  const order = new Set([...visits.filter((room) => listed.has(room)), ...rooms]);
  order.delete(current);
  return [...order].slice(0, MAX_WATCHED);
}
