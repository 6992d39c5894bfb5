import type { Capability } from "../protocol/down.ts";
import { DormouseError } from "../protocol/errors.ts";
import type { Settings } from "../settings/settings.ts";
import type { Grant } from "./grant.ts";
import { guestGrant } from "./guest.ts";
import { coversRoom, isToken, verifyToken } from "./token.ts";

/**
 * Who somebody is, and what they may do in a room: by a token, or, in open mode, as a guest.
 * @throws DormouseError `invalid_token`, `invalid_name`, `forbidden`
 */
export function authenticate(
  room: string,
  credential: string | undefined,
  name: string | undefined,
  settings: Settings,
): Promise<Grant> {
  return authenticateForRooms([room], credential, name, settings);
}

/**
 * The same for several rooms: one grant that holds in all of them.
 * @throws DormouseError `invalid_token`, `invalid_name`, `forbidden`
 */
export async function authenticateForRooms(
  rooms: readonly string[],
  credential: string | undefined,
  name: string | undefined,
  settings: Settings,
): Promise<Grant> {
  const { auth, nameChars } = settings;
  if (credential !== undefined && isToken(credential)) {
    const { grant, rooms: held } = await verifyToken(credential, auth);
    const other = rooms.find((room) => !coversRoom(held, room));
    if (other === undefined) return grant;
    const which = rooms.length === 1 ? "this room" : `the room ${other}`;
    throw new DormouseError("forbidden", `The token does not hold for ${which}.`);
  }
  if (auth.mode === "open") return guestGrant(credential, name, nameChars);
  throw new DormouseError("invalid_token", "This service lets nobody in without a token.");
}

/** @throws DormouseError `forbidden` */
export function requireCapability({ can }: Grant, capability: Capability): void {
  if (can.includes(capability)) return;
  const why = `This needs the capability ${capability}, which you do not have here.`;
  throw new DormouseError("forbidden", why, undefined, capability);
}
