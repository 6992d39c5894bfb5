import { decodeProtectedHeader, SignJWT } from "jose";
import * as v from "valibot";
import { type Capability, GUEST_CAPABILITIES } from "../protocol/capabilities.ts";
import { DormouseError } from "../protocol/errors.ts";
import { INVITATION_SECONDS } from "../protocol/limits.ts";
import type { AuthSettings } from "../settings/auth.ts";
import type { Grant } from "./grant.ts";
import { guestGrant } from "./guest.ts";
import { ownClaims, type TokenGrant, verifyPayload } from "./token.ts";

/**
 * An invitation is a JWT without a member: everyone who has it is a guest of one room. The client appends its guest key to it,
 * `<JWT>.<guest key>`, so that two people with one invitation are two members. Without a key, each connection is a new guest.
 */

/** The type in the header of an invitation (RFC 8725, section 3.11), so that no other token can pass as one. */
const TYPE = "invitation+jwt";

const invitationSchema = v.object({
  sub: v.optional(v.never()),
  // A pattern would open more than one room.
  rooms: v.strictTuple([
    v.pipe(
      v.string(),
      v.check((room) => !room.endsWith("*")),
    ),
  ]),
  can: v.array(v.string()),
  exp: v.number(),
  iat: v.number(),
});

/** Whether a credential is an invitation. Nothing is verified. */
export function isInvitation(credential: string): boolean {
  try {
    return decodeProtectedHeader(partsOf(credential).jwt).typ === TYPE;
  } catch {
    return false;
  }
}

/**
 * Verifies an invitation, and gives the grant of a guest with the key that follows it.
 * @param name the name that the guest asks for
 * @throws DormouseError `invalid_token`, `invalid_name`
 */
export async function verifyInvitation(
  credential: string,
  name: string | undefined,
  auth: AuthSettings,
  nameChars: number,
): Promise<TokenGrant> {
  const { jwt, guestKey } = partsOf(credential);
  const payload = await verifyPayload(jwt, auth);
  const claims = v.safeParse(invitationSchema, payload);
  if (!claims.success) {
    const claim = v.getDotPath(claims.issues[0]) ?? "rooms";
    const why = `The claim ${claim} of the invitation is missing or invalid. Ask for another invitation.`;
    throw new DormouseError("invalid_token", why);
  }
  const { rooms, can, exp, iat } = claims.output;
  if (exp * 1000 <= Date.now())
    throw new DormouseError("invalid_token", "The invitation has ended. Ask for another one.");
  if (exp - iat > INVITATION_SECONDS.max)
    throw new DormouseError("invalid_token", "The invitation is valid for too long. Ask for another one.");
  const granted = GUEST_CAPABILITIES.filter((each) => can.includes(each));
  const guest = await guestGrant(guestKey, name, nameChars);
  return { grant: { ...guest, can: granted, until: exp * 1000, ...ownClaims(payload) }, rooms };
}

/**
 * Signs an invitation to one room.
 * @param room a valid name
 * @param inviter the member who invites. Hooks read it in the claims of the session
 * @param seconds its lifetime
 * @throws DormouseError `invitations_off`, `invalid_room`
 */
export async function signInvitation(
  room: string,
  inviter: Pick<Grant, "member">,
  can: readonly Capability[],
  seconds: number,
  { secret, issuer, audience }: AuthSettings,
): Promise<{ token: string; expiresAt: number }> {
  if (secret === undefined) {
    const why =
      "This service has no key to sign invitations with. Set AUTH_SECRET, or invite by your own sign-in.";
    throw new DormouseError("invitations_off", why);
  }
  if (room.endsWith("*")) {
    const why = "A name that ends in * stands for many rooms in a token. Invite to a room with another name.";
    throw new DormouseError("invalid_room", why);
  }
  const now = Math.floor(Date.now() / 1000);
  const exp = now + seconds;
  const payload = {
    rooms: [room],
    can,
    iat: now,
    exp,
    inviter: inviter.member,
    ...(issuer === undefined ? {} : { iss: issuer }),
    ...(audience === undefined ? {} : { aud: audience }),
  };
  const token = await new SignJWT(payload)
    .setProtectedHeader({ alg: "HS256", typ: TYPE })
    .sign(new TextEncoder().encode(secret));
  return { token, expiresAt: exp * 1000 };
}

/** A JWT has three parts. The fourth is the guest key. */
function partsOf(credential: string): { jwt: string; guestKey: string | undefined } {
  const [header = "", payload = "", signature = "", ...rest] = credential.split(".");
  const guestKey = rest.length === 0 ? undefined : rest.join(".");
  return { jwt: `${header}.${payload}.${signature}`, guestKey };
}
