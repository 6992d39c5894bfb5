import { base64url } from "../protocol/base64.ts";
import type { Capability } from "../protocol/down.ts";
import { DormouseError } from "../protocol/errors.ts";
import { GUEST_KEY_CHARS } from "../protocol/limits.ts";
import { displayName } from "../protocol/names.ts";
import type { Grant } from "./grant.ts";

/** What a guest may do in open mode. */
const GUEST_CAN: readonly Capability[] = ["read", "publish", "signal", "presence"];

const GUEST_KEY = new RegExp(`^[A-Za-z0-9_-]{${GUEST_KEY_CHARS.min},${GUEST_KEY_CHARS.max}}$`);

/** Keeps a guest's id apart from the hash of the same key used for anything else. */
const GUEST_DOMAIN = "dormouse guest ";

/** What the member ids of guests begin with, and no others do. */
export const GUEST_PREFIX = "guest_";

/**
 * The grant of somebody without a token. The member id is derived from the guest key, which only its owner knows;
 * without a key it is random.
 * @throws DormouseError `invalid_token`, `invalid_name`
 */
export async function guestGrant(
  credential: string | undefined,
  name: string | undefined,
  nameChars: number,
): Promise<Grant> {
  if (credential !== undefined && !GUEST_KEY.test(credential)) {
    throw new DormouseError(
      "invalid_token",
      `The credential is no guest key: ${GUEST_KEY_CHARS.min} to ${GUEST_KEY_CHARS.max} characters of A-Z, a-z, 0-9, - and _.`,
    );
  }
  const bytes =
    credential === undefined
      ? crypto.getRandomValues(new Uint8Array(16))
      : new Uint8Array(
          await crypto.subtle.digest("SHA-256", new TextEncoder().encode(GUEST_DOMAIN + credential)),
        ).subarray(0, 16);
  const member = `${GUEST_PREFIX}${base64url(bytes)}`;
  return {
    member,
    ...(name === undefined
      ? {
          name: `guest-${member.slice(GUEST_PREFIX.length, GUEST_PREFIX.length + 4)}`,
          nameless: true as const,
        }
      : { name: displayName(name, nameChars) }),
    can: [...GUEST_CAN],
    guest: true,
  };
}
