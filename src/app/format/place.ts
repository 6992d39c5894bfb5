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

/** What was typed as a room: its name, with the # that it has in an address or without, or an address of this page. */
export function roomTyped(typed: string, origin: string): string {
  const text = typed.trim();
  return text.startsWith(`${origin}/`)
    ? roomOf(URL.parse(text)?.hash ?? "")
    : text.replace(/^#/, "") || FIRST_ROOM;
}

export function addressOf(room: string): string {
  return `#${encodeURIComponent(room)}`;
}

/** A room keeps its place in the list of those that were visited: one that jumps about cannot be aimed at. */
export function visited(rooms: readonly string[], room: string): readonly string[] {
  return rooms.includes(room) ? rooms : [room, ...rooms].slice(0, RECENT_MAX);
}
