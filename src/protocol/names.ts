import { DormouseError } from "./errors.ts";
import { ROOM_BYTES } from "./limits.ts";
import { utf8Length } from "./text.ts";

const CONTROL = /\p{Cc}/u;

/**
 * The room name in a path segment: percent-decoded, in NFC, and valid by the rules of `checkedRoomName`.
 * @throws DormouseError `invalid_room`
 */
export function roomName(segment: string): string {
  try {
    return checkedRoomName(decodeURIComponent(segment));
  } catch (error) {
    if (error instanceof DormouseError) throw error;
    throw new DormouseError("invalid_room", "Invalid room name. Percent-encode it as UTF-8.");
  }
}

/**
 * A room name in NFC: 1 to 128 bytes of UTF-8, without control characters and slashes. Use it for names in a body, which are not
 * percent-encoded.
 * @throws DormouseError `invalid_room`
 */
export function checkedRoomName(raw: string): string {
  const name = raw.normalize("NFC");
  const bytes = utf8Length(name);
  if (bytes === 0) throw new DormouseError("invalid_room", "The room name is empty. Choose a name.");
  if (bytes > ROOM_BYTES) {
    const why = `The room name has ${bytes} bytes. Use at most ${ROOM_BYTES} bytes.`;
    throw new DormouseError("invalid_room", why);
  }
  // In a URL these two are path steps, even when percent-encoded (URL Standard, section 4.4).
  if (name === "." || name === "..") {
    throw new DormouseError("invalid_room", `The room name ${name} is reserved. Choose another name.`);
  }
  if (CONTROL.test(name) || name.includes("/") || !name.isWellFormed()) {
    const why = "The room name contains a control character or a slash. Remove it.";
    throw new DormouseError("invalid_room", why);
  }
  return name;
}

/**
 * A member name in NFC: trimmed, 1 to `maxChars` code points, without control characters.
 * @throws DormouseError `invalid_name`
 */
export function displayName(raw: string, maxChars: number): string {
  const name = raw.normalize("NFC").trim();
  const chars = [...name].length;
  if (chars === 0) throw new DormouseError("invalid_name", "The name is empty. Choose a name.");
  if (chars > maxChars) {
    const why = `The name has ${chars} characters. Use at most ${maxChars} characters.`;
    throw new DormouseError("invalid_name", why);
  }
  if (CONTROL.test(name)) {
    throw new DormouseError("invalid_name", "The name contains a control character. Remove it.");
  }
  return name;
}

/** Whether a text is well-formed and has no control character. */
export function isPrintable(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}

/** Whether a text can be the id of a member. One that cannot be written in a URL could not be kicked, and its data not removed. */
export function isMemberId(text: string): boolean {
  return text !== "" && text !== "." && text !== ".." && isPrintable(text);
}
