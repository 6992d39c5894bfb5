const EPOCH = /^[0-9a-f]{16}$/;

/** An epoch is the time in milliseconds as so many hex digits, and then a hash of the room and the time. */
const TIME_DIGITS = 11;
const HASH_DIGITS = 5;

/**
 * The epoch of a log that begins at this time. Epochs of one room differ as long as their times do, even if nothing of an
 * earlier log is stored.
 * @param at milliseconds
 */
export function epochAt(room: string, at: number): string {
  const time = at.toString(16).padStart(TIME_DIGITS, "0");
  return time + fnv1a(`${room} ${time}`).toString(16).padStart(8, "0").slice(-HASH_DIGITS);
}

/** When an epoch of this room began, in milliseconds; undefined for any other text, such as an epoch of another room. */
export function epochTime(room: string, epoch: string): number | undefined {
  if (!EPOCH.test(epoch)) return undefined;
  const at = Number.parseInt(epoch.slice(0, TIME_DIGITS), 16);
  return epochAt(room, at) === epoch ? at : undefined;
}

/**
 * A hash of 32 bits (FNV-1a). It need not resist forgery: a made-up epoch, or tag, gives a client no more than it may ask for anyway.
 */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
