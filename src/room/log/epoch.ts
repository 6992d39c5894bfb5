const EPOCH = /^[0-9a-f]{16}$/;

/** Hex digits of the time in milliseconds; those after them say of which room the epoch is. */
const TIME_DIGITS = 11;
const ROOM_DIGITS = 5;

/**
 * The epoch of a room's log that begins at a time. A room never has the same one twice, also where it kept nothing of an earlier
 * log: only the time of the log before must be another.
 * @param at milliseconds
 */
export function epochAt(room: string, at: number): string {
  const time = at.toString(16).padStart(TIME_DIGITS, "0");
  return time + fnv1a(`${room} ${time}`).toString(16).padStart(8, "0").slice(-ROOM_DIGITS);
}

/** When an epoch of this room began, in milliseconds; undefined for any other text, such as an epoch of another room. */
export function epochTime(room: string, epoch: string): number | undefined {
  if (!EPOCH.test(epoch)) return undefined;
  const at = Number.parseInt(epoch.slice(0, TIME_DIGITS), 16);
  return epochAt(room, at) === epoch ? at : undefined;
}

/** A hash of 32 bits (FNV-1a). It need not withstand anybody: whoever makes up an epoch is sent what any newcomer may ask for. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
