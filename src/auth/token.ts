import {
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import * as v from "valibot";
import { CAPABILITIES, type Capability } from "../protocol/capabilities.ts";
import { DormouseError } from "../protocol/errors.ts";
import { TOKEN_BYTES } from "../protocol/limits.ts";
import { fitsUtf8 } from "../protocol/text.ts";
import { GUEST_PREFIX } from "../protocol/token-rules.ts";
import type { AuthSettings } from "../settings/auth.ts";
import type { Grant } from "./grant.ts";
import { RemoteKeySet } from "./jwks.ts";
import { claimsSchema, OWN_CLAIMS_BYTES, READ_CLAIMS } from "./token-claims.ts";

/** Algorithms by kind of key. A key accepts only its own, so that a public key cannot serve as a secret. */
const SECRET_ALGORITHMS = ["HS256"];
const PUBLIC_ALGORITHMS = ["RS256", "ES256", "EdDSA", "Ed25519"];

/** Tolerance for `nbf`, in seconds. There is none for `exp`. */
const CLOCK_TOLERANCE = 5;

const EXPIRED = "The token has expired. Use a new one.";

const KNOWN: readonly string[] = CAPABILITIES;

/** The grant of a verified token, and the rooms it is valid for. */
export type TokenGrant = { grant: Grant; rooms: readonly string[] };

/**
 * Verifies a JWT (RFC 7519) and reads the grant from its claims.
 * @throws DormouseError `invalid_token`, or `unavailable` where the keys could not be fetched
 */
export async function verifyToken(token: string, auth: AuthSettings): Promise<TokenGrant> {
  const payload = await verifyPayload(token, auth);
  const claims = v.safeParse(claimsSchema, payload);
  if (!claims.success) {
    const claim = v.getDotPath(claims.issues[0]) ?? "sub";
    refuse(`The claim ${claim} of the token is missing or invalid. Issue a token with a valid one.`);
  }
  const { sub, name, rooms = auth.rooms, can = auth.can, exp } = claims.output;
  if (rooms === undefined || can === undefined) {
    const claim = rooms === undefined ? "rooms" : "can";
    const setting = rooms === undefined ? "AUTH_ROOMS" : "AUTH_CAN";
    refuse(`The claim ${claim} of the token is missing. Issue a token with it, or set ${setting}.`);
  }
  // The holder would look like a guest to others, and could act for the guest with that id.
  if (sub.startsWith(GUEST_PREFIX)) {
    refuse(`The claim sub begins with ${GUEST_PREFIX}, which is reserved for guests. Use another member id.`);
  }
  if (exp !== undefined && exp * 1000 <= Date.now()) refuse(EXPIRED);
  const known = can.filter((capability): capability is Capability => KNOWN.includes(capability));
  const until = exp === undefined ? {} : { until: exp * 1000 };
  const own = ownClaims(payload);
  return { grant: { member: sub, name: name ?? sub, can: known, guest: false, ...until, ...own }, rooms };
}

/** The claims that hooks receive: those that the service does not read itself. */
export function ownClaims(payload: JWTPayload): { claims?: Record<string, unknown> } {
  const own = Object.entries(payload).filter(([claim]) => !READ_CLAIMS.has(claim));
  if (own.length === 0) return {};
  const claims = Object.fromEntries(own);
  return fitsUtf8(JSON.stringify(claims), OWN_CLAIMS_BYTES) ? { claims } : {};
}

/** Whether the claim `rooms` includes a room, by its name or by a prefix that ends in `*`. */
export function coversRoom(rooms: readonly string[], room: string): boolean {
  return rooms.some((name) => {
    const pattern = name.normalize("NFC");
    return pattern.endsWith("*") ? room.startsWith(pattern.slice(0, -1)) : room === pattern;
  });
}

/** Whether a credential has the form of a JWT. A guest key never has. */
export function isToken(credential: string): boolean {
  return credential.includes(".");
}

/**
 * Verifies the signature and the times of a JWT, and `iss` and `aud`. Its other claims may be anything.
 * @throws DormouseError `invalid_token`, or `unavailable` where the keys could not be fetched
 */
export async function verifyPayload(token: string, auth: AuthSettings): Promise<JWTPayload> {
  if (token.length > TOKEN_BYTES) refuse(`The token is too long. Use at most ${TOKEN_BYTES} bytes.`);
  const { issuer, audience } = auth;
  const checks = {
    clockTolerance: CLOCK_TOLERANCE,
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  };
  try {
    const isSecret = SECRET_ALGORITHMS.includes(decodeProtectedHeader(token).alg ?? "");
    if (isSecret && auth.secret !== undefined) {
      const secrets = [auth.secret, auth.previousSecret].filter((secret) => secret !== undefined);
      return await verifyBySecrets(token, secrets, { ...checks, algorithms: SECRET_ALGORITHMS });
    }
    if (!isSecret && auth.jwksUrl !== undefined) {
      return await verifyByKeys(token, keysAt(auth.jwksUrl), { ...checks, algorithms: PUBLIC_ALGORITHMS });
    }
  } catch (error) {
    if (error instanceof DormouseError) throw error;
    refuse(messageOf(error));
  }
  refuse("This service has no key for the algorithm of the token. Use another algorithm.");
}

/** Accepts a token of any of the secrets. */
async function verifyBySecrets(
  token: string,
  secrets: readonly string[],
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  for (const secret of secrets) {
    try {
      return (await jwtVerify(token, new TextEncoder().encode(secret), options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}

/** Tries every matching key where the token has no `kid`. */
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

/** Rooms may have keys of their own, so an isolate keeps those of several addresses. */
const KEY_SETS = 20;
const keySets = new Map<string, RemoteKeySet>();

function keysAt(url: string): JWTVerifyGetKey {
  const keys = keySets.get(url) ?? new RemoteKeySet(url);
  // The one that was not used for the longest time is first.
  keySets.delete(url);
  keySets.set(url, keys);
  for (const oldest of keySets.keys()) {
    if (keySets.size <= KEY_SETS) break;
    keySets.delete(oldest);
  }
  return keys.find;
}

function messageOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return EXPIRED;
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The claim ${error.claim} of the token is not accepted here. Use a token for this service.`;
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return "The signature of the token is invalid. Sign it with the key of this service.";
  if (error instanceof errors.JWKSNoMatchingKey)
    return "The key of the token is unknown. Sign the token with a key of AUTH_JWKS_URL.";
  return "The credential is not a token that this service can verify. Use another one.";
}

function refuse(why: string): never {
  throw new DormouseError("invalid_token", why);
}
