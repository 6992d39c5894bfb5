import type { Capability } from "../protocol/down.ts";
import { DormouseError } from "../protocol/errors.ts";
import type { AuthSettings } from "../settings/auth.ts";
import type { Settings } from "../settings/settings.ts";
import type { Grant } from "./grant.ts";
import { guestGrant } from "./guest.ts";
import { isInvitation, verifyInvitation } from "./invitation.ts";
import { coversRoom, isToken, verifyToken } from "./token.ts";

/**
 * Authenticates a caller for rooms with the same settings: by a token or an invitation, or, where AUTH_MODE is open, as a guest. The grant is the same in
 * all of them.
 * @param credential a token, an invitation or a guest key
 * @param name the name that a guest asks for
 * @throws DormouseError `invalid_token`, `invalid_name`, `forbidden`
 */
export async function authenticate(
  rooms: readonly string[],
  credential: string | undefined,
  name: string | undefined,
  { auth, nameChars }: Settings,
): Promise<Grant> {
  if (credential !== undefined && isToken(credential)) {
    const { grant, rooms: held } = isInvitation(credential)
      ? await verifyInvitation(credential, name, auth, nameChars)
      : await verifyToken(credential, auth);
    const other = rooms.find((room) => !coversRoom(held, room));
    if (other === undefined) return grant;
    const which = rooms.length === 1 ? "this room" : `the room ${other}`;
    const why = `The token is not valid for ${which}. Use a token whose claim rooms includes it.`;
    throw new DormouseError("forbidden", why);
  }
  if (auth.mode === "open") return guestGrant(credential, name, nameChars);
  throw new DormouseError("invalid_token", "This service requires a token. Send one as the credential.");
}

/**
 * Authenticates a caller for all rooms: by a token whose claim `rooms` has `*`.
 * @throws DormouseError `invalid_token`, `forbidden`
 */
export async function authenticateForAll(credential: string | undefined, auth: AuthSettings): Promise<Grant> {
  if (credential === undefined || !isToken(credential)) {
    const why = "This call requires a token for all rooms. Send one as the credential.";
    if (auth.mode === "open") throw new DormouseError("forbidden", why, undefined, "admin");
    throw new DormouseError("invalid_token", why);
  }
  const { grant, rooms } = await verifyToken(credential, auth);
  if (rooms.includes("*")) return grant;
  const why = "The token is not valid for all rooms. Use a token whose claim rooms has *.";
  throw new DormouseError("forbidden", why);
}

/**
 * `admin` includes `moderate`, and no other capability.
 * @param room named in the error, for calls with several rooms
 * @throws DormouseError `forbidden`
 */
export function requireCapability({ can, ownSignIn }: Grant, capability: Capability, room?: string): void {
  if (can.includes(capability) || (capability === "moderate" && can.includes("admin"))) return;
  const where = room === undefined ? "this room" : `the room ${room}`;
  const why = ownSignIn
    ? `You lack the capability ${capability} in ${where}. Ask the owner of the service for it.`
    : `The credential lacks the capability ${capability} in ${where}. Use a token whose claim can includes it.`;
  throw new DormouseError("forbidden", why, undefined, capability);
}
