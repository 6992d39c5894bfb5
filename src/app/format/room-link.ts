/** Converts between room names and this page's addresses. */

export const DEFAULT_ROOM = "lobby";
const MAX_RECENT_ROOMS = 200;
/** The service has no room with a longer name. */
const MAX_ROOM_CHARS = 128;

/** The end of a link to a message, which need not exist. The room before it has its own @ encoded. */
const MESSAGE = /@(\d+)$/;

/** The room of an address hash. A hash with invalid percent-encoding is used as it is. */
export function roomFromHash(hash: string): string {
  const name = hash.replace(/^#/, "").replace(MESSAGE, "");
  try {
    return decodeURIComponent(name).trim() || DEFAULT_ROOM;
  } catch {
    return name;
  }
}

/** The seq of the message that an address hash names. */
export function messageFromHash(hash: string): number | undefined {
  const seq = MESSAGE.exec(hash)?.[1];
  return seq === undefined ? undefined : Number(seq);
}

/** The room that a user typed: a name, a name with a leading #, or a link to this page. */
export function roomFromInput(input: string, origin: string): string {
  const text = input.trim();
  return text.startsWith(`${origin}/`)
    ? roomFromHash(URL.parse(text)?.hash ?? "")
    : text.replace(/^#/, "") || DEFAULT_ROOM;
}

/** @param seq a message of the room */
export function hashOfRoom(room: string, seq?: number): string {
  return `#${encodeURIComponent(room)}${seq === undefined ? "" : `@${seq}`}`;
}

/** Adds a room to the front. One that is already listed keeps its place, so that links do not move under the pointer. */
export function addRecentRoom(rooms: readonly string[], room: string): readonly string[] {
  if (rooms.includes(room) || room.length > MAX_ROOM_CHARS) return rooms;
  return [room, ...rooms].slice(0, MAX_RECENT_ROOMS);
}
