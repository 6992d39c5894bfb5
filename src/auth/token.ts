import {
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import * as v from "valibot";
import { type Capability, capabilitySchema } from "../protocol/down.ts";
import { DormouseError } from "../protocol/errors.ts";
import { MEMBER_CHARS, TOKEN_BYTES } from "../protocol/limits.ts";
import type { AuthSettings } from "../settings/auth.ts";
import type { Grant } from "./grant.ts";
import { GUEST_PREFIX } from "./guest.ts";
import { RemoteKeySet } from "./jwks.ts";

/** Algorithms by the kind of key; each key takes only its own, so that a public key is never used as a secret. */
const SECRET_ALGORITHMS = ["HS256"];
const PUBLIC_ALGORITHMS = ["RS256", "ES256", "EdDSA", "Ed25519"];

/** Seconds that clocks may differ where a token begins; its end is its end. */
const CLOCK_TOLERANCE = 5;

/** The end of the year 9999, in seconds: a later end is a mistake, most often milliseconds. */
const LATEST_SECONDS = 253_402_300_799;

const PRINTABLE = /^\P{Cc}*$/u;

const ALL: readonly string[] = capabilitySchema.options;

const claimsSchema = v.object({
  sub: v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(MEMBER_CHARS),
    v.regex(PRINTABLE),
    // Whom no address can name, nobody could kick.
    v.check((sub) => sub.isWellFormed() && sub !== "." && sub !== ".."),
  ),
  name: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(256), v.regex(PRINTABLE))),
  rooms: v.array(v.string()),
  can: v.array(v.string()),
  exp: v.optional(v.pipe(v.number(), v.maxValue(LATEST_SECONDS))),
});

/** What a verified token grants in one room, and where else it would hold. */
export type TokenGrant = { grant: Grant; rooms: readonly string[] };

/**
 * Verifies a JWT (RFC 7519) and takes the grant from its claims.
 * @throws DormouseError `invalid_token`, or `unavailable` where the keys to check it with cannot be had
 */
export async function verifyToken(token: string, auth: AuthSettings): Promise<TokenGrant> {
  if (token.length > TOKEN_BYTES) refuse(`A token has at most ${TOKEN_BYTES} bytes.`);
  const payload = await verify(token, auth);
  const claims = v.safeParse(claimsSchema, payload);
  if (!claims.success) {
    const claim = v.getDotPath(claims.issues[0]) ?? "sub, rooms and can";
    refuse(`The token's claims are not complete: ${claim} is missing or wrong.`);
  }
  const { sub, name, rooms, can, exp } = claims.output;
  // Otherwise its holder would be a guest to all others, and could ban that guest or speak for it.
  if (sub.startsWith(GUEST_PREFIX)) {
    refuse(
      `The token's sub begins with ${GUEST_PREFIX}, as only the ids of guests do. Use another member id.`,
    );
  }
  if (exp !== undefined && exp * 1000 <= Date.now()) refuse("The token has ended.");
  const known = can.filter((capability): capability is Capability => ALL.includes(capability));
  const until = exp === undefined ? {} : { until: exp * 1000 };
  return { grant: { member: sub, name: name ?? sub, can: known, guest: false, ...until }, rooms };
}

/** Whether a token's `rooms` name this one: as it is, or by a prefix that ends in `*`. */
export function coversRoom(rooms: readonly string[], room: string): boolean {
  return rooms.some((name) => {
    const pattern = name.normalize("NFC");
    return pattern.endsWith("*") ? room.startsWith(pattern.slice(0, -1)) : room === pattern;
  });
}

/** Whether a credential has the form of a JWT, which no guest key has. */
export function isToken(credential: string): boolean {
  return credential.includes(".");
}

async function verify(token: string, auth: AuthSettings): Promise<JWTPayload> {
  const { issuer, audience } = auth;
  const checks = {
    clockTolerance: CLOCK_TOLERANCE,
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  };
  try {
    const isSecret = SECRET_ALGORITHMS.includes(decodeProtectedHeader(token).alg ?? "");
    if (isSecret && auth.secret !== undefined) {
      const key = new TextEncoder().encode(auth.secret);
      return (await jwtVerify(token, key, { ...checks, algorithms: SECRET_ALGORITHMS })).payload;
    }
    if (!isSecret && auth.jwksUrl !== undefined) {
      return await verifyByKeys(token, keysAt(auth.jwksUrl), { ...checks, algorithms: PUBLIC_ALGORITHMS });
    }
  } catch (error) {
    if (error instanceof DormouseError) throw error;
    refuse(sentence(error));
  }
  refuse("This service has no key for tokens of this algorithm.");
}

/** A token that does not say which key it is by is tried with each that it could be. */
async function verifyByKeys(
  token: string,
  keys: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (other) {
        if (!(other instanceof errors.JWSSignatureVerificationFailed)) throw other;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

let remote: { url: string; keys: RemoteKeySet } | undefined;

function keysAt(url: string): JWTVerifyGetKey {
  if (remote?.url !== url) remote = { url, keys: new RemoteKeySet(url) };
  return remote.keys.find;
}

function sentence(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "The token has ended.";
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The token's claim ${error.claim} does not hold here.`;
  if (error instanceof errors.JWSSignatureVerificationFailed) return "The token's signature does not hold.";
  if (error instanceof errors.JWKSNoMatchingKey) return "The token's key is none of this service's.";
  return "The credential is no token that this service can verify.";
}

function refuse(why: string): never {
  throw new DormouseError("invalid_token", why);
}
