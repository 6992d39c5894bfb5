import * as v from "valibot";
import { MEMBER_CHARS } from "../protocol/limits.ts";
import { isMemberId } from "../protocol/names.ts";
import { TOKEN_NAME_CHARS } from "../protocol/token-rules.ts";

/** The end of the year 9999, in seconds. A later `exp` is usually in milliseconds by mistake. */
const LATEST_SECONDS = 253_402_300_799;

const PRINTABLE = /^\P{Cc}*$/u;

/** The claims of a token that the service reads. */
export const claimsSchema = v.object({
  sub: v.pipe(v.string(), v.maxLength(MEMBER_CHARS), v.check(isMemberId)),
  name: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(TOKEN_NAME_CHARS), v.regex(PRINTABLE))),
  rooms: v.optional(v.array(v.string())),
  can: v.optional(v.array(v.string())),
  exp: v.optional(v.pipe(v.number(), v.maxValue(LATEST_SECONDS))),
});

/** Claims that the service itself reads. All others are for hooks. */
export const READ_CLAIMS: ReadonlySet<string> = new Set([
  "sub",
  "name",
  "rooms",
  "can",
  "exp",
  "nbf",
  "iat",
  "iss",
  "aud",
  "jti",
]);

/** Other claims as JSON: bytes. They are stored with each connection, so hooks receive none where there is more. */
export const OWN_CLAIMS_BYTES = 2048;
