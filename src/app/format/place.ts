/** Rooms and their addresses in this page. */

export const FIRST_ROOM = "lobby";
const RECENT_MAX = 12;

/** Room names come from the address; one that is not percent-encoded right is taken as it stands. */
export function roomOf(hash: string): string {
  const name = hash.replace(/^#/, "");
  try {
    return decodeURIComponent(name).trim() || FIRST_ROOM;
  } catch {
    return name;
  }
}

export function addressOf(room: string): string {
  return `#${encodeURIComponent(room)}`;
}

/** A room keeps its place in the list of those that were visited: one that jumps about cannot be aimed at. */
export function visited(rooms: readonly string[], room: string): readonly string[] {
  return rooms.includes(room) ? rooms : [room, ...rooms].slice(0, RECENT_MAX);
}
