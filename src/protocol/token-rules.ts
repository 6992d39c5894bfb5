/** Rules of tokens that their makers share: the service, backends, and the admin page. */

/** The member ids of guests begin with this. A token cannot have such an id. */
export const GUEST_PREFIX = "guest_";

/** The least characters of a secret that signs tokens: those of a key of 256 bits, the size of an HS256 signature (RFC 7518, section 3.2). */
export const SAFE_SECRET_CHARS = 32;

/** The longest name of a token, in UTF-16 code units. */
export const TOKEN_NAME_CHARS = 256;
