import { base64url } from "../protocol/base64.ts";
import { GUEST_CAPABILITIES } from "../protocol/capabilities.ts";
import { DormouseError } from "../protocol/errors.ts";
import { GUEST_KEY_CHARS } from "../protocol/limits.ts";
import { displayName } from "../protocol/names.ts";
import { GUEST_PREFIX } from "../protocol/token-rules.ts";
import type { Grant } from "./grant.ts";

const GUEST_KEY = new RegExp(`^[A-Za-z0-9_-]{${GUEST_KEY_CHARS.min},${GUEST_KEY_CHARS.max}}$`);

/** A prefix of the hashed text, so that no other hash of a guest key equals a member id. */
const GUEST_DOMAIN = "dormouse guest ";

/**
 * The grant of a client without a token. The member id is derived from the guest key, which is a secret of the client. Without a key it
 * is random.
 * @param credential the guest key
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
      `Invalid guest key. Send ${GUEST_KEY_CHARS.min} to ${GUEST_KEY_CHARS.max} characters of A-Z, a-z, 0-9, - and _.`,
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
    can: [...GUEST_CAPABILITIES],
    guest: true,
  };
}
