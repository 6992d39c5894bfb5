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
export async function grantFor(
  room: string,
  credential: string | undefined,
  name: string | undefined,
  settings: Settings,
): Promise<Grant> {
  const { auth, nameChars } = settings;
  if (credential !== undefined && isToken(credential)) {
    const { grant, rooms } = await tokenGrant(credential, auth);
    if (!holdsFor(rooms, room))
      throw new DormouseError("forbidden", "The token does not hold for this room.");
    return grant;
  }
  if (auth.mode === "open") return guestGrant(credential, name, nameChars);
  throw new DormouseError("invalid_token", "This service lets nobody in without a token.");
}

/** @throws DormouseError `forbidden` */
export function demand({ can }: Grant, capability: Capability): void {
  if (can.includes(capability)) return;
  throw new DormouseError(
    "forbidden",
    `This needs the capability ${capability}, which you do not have here.`,
  );
}
