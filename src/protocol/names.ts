import { DormouseError } from "./errors.ts";
import { ROOM_BYTES } from "./limits.ts";
import { utf8Length } from "./text.ts";

const CONTROL = /\p{Cc}/u;

/**
 * The room that a path segment names: percent-decoded, in NFC, 1 to 128 bytes of UTF-8, no control characters, no `/`.
 * @throws DormouseError `invalid_room`
 */
export function roomName(segment: string): string {
  try {
    return checkedRoomName(decodeURIComponent(segment));
  } catch (error) {
    if (error instanceof DormouseError) throw error;
    throw new DormouseError("invalid_room", "The room name is not percent-encoded UTF-8.");
  }
}

/**
 * A room name that stands in a body, where nothing is percent-encoded, in NFC.
 * @throws DormouseError `invalid_room`
 */
export function checkedRoomName(raw: string): string {
  const name = raw.normalize("NFC");
  const bytes = utf8Length(name);
  if (bytes === 0 || bytes > ROOM_BYTES) {
    throw new DormouseError(
      "invalid_room",
      `A room name has 1 to ${ROOM_BYTES} bytes; this one has ${bytes}.`,
    );
  }
  // An address cannot hold these two: they are steps in it, percent-encoded or not (URL Standard, section 4.4).
  if (name === "." || name === "..") throw new DormouseError("invalid_room", "No room can be named . or ..");
  if (CONTROL.test(name) || name.includes("/") || !name.isWellFormed()) {
    throw new DormouseError("invalid_room", "A room name has no control characters and no slash.");
  }
  return name;
}

/**
 * A name as others will see it: in NFC, without space around it, 1 to `maxChars` code points, no control characters.
 * @throws DormouseError `invalid_name`
 */
export function displayName(raw: string, maxChars: number): string {
  const name = raw.normalize("NFC").trim();
  const chars = [...name].length;
  if (chars === 0 || chars > maxChars) {
    throw new DormouseError("invalid_name", `A name has 1 to ${maxChars} characters; this one has ${chars}.`);
  }
  if (CONTROL.test(name)) throw new DormouseError("invalid_name", "A name has no control characters.");
  return name;
}
