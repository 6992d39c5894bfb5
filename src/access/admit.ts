import type { Settings } from "../config.ts";
import { DormouseError } from "../protocol/codes.ts";
import type { Capability } from "../protocol/down.ts";
import type { Grant } from "./grant.ts";
import { guestGrant } from "./guest.ts";
import { holdsFor, isToken, tokenGrant } from "./token.ts";

/**
 * Who somebody is, and what they may do in a room: by a token, or, in open mode, as a guest.
 * @throws DormouseError `invalid_token`, `invalid_name`, `forbidden`
 */
export function grantFor(
  room: string,
  credential: string | undefined,
  name: string | undefined,
  settings: Settings,
): Promise<Grant> {
  return grantForAll([room], credential, name, settings);
}

/**
 * The same for several rooms: one grant that holds in all of them.
 * @throws DormouseError `invalid_token`, `invalid_name`, `forbidden`
 */
export async function grantForAll(
  rooms: readonly string[],
  credential: string | undefined,
  name: string | undefined,
  settings: Settings,
): Promise<Grant> {
  const { auth, nameChars } = settings;
  if (credential !== undefined && isToken(credential)) {
    const { grant, rooms: held } = await tokenGrant(credential, auth);
    const other = rooms.find((room) => !holdsFor(held, room));
    if (other === undefined) return grant;
    const which = rooms.length === 1 ? "this room" : `the room ${other}`;
    throw new DormouseError("forbidden", `The token does not hold for ${which}.`);
  }
  if (auth.mode === "open") return guestGrant(credential, name, nameChars);
  throw new DormouseError("invalid_token", "This service lets nobody in without a token.");
}

/** @throws DormouseError `forbidden` */
export function demand({ can }: Grant, capability: Capability): void {
  if (can.includes(capability)) return;
  const why = `This needs the capability ${capability}, which you do not have here.`;
  throw new DormouseError("forbidden", why, undefined, capability);
}
