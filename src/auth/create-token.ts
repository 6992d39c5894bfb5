import { SignJWT } from "jose";
import * as v from "valibot";
import { CAPABILITIES, type Capability } from "../protocol/capabilities.ts";
import { DormouseError } from "../protocol/errors.ts";
import { TOKEN_BYTES } from "../protocol/limits.ts";
import { checkedRoomName } from "../protocol/names.ts";
import { fitsUtf8, utf8Length } from "../protocol/text.ts";
import { GUEST_PREFIX, SAFE_SECRET_CHARS } from "../protocol/token-rules.ts";
import { claimsSchema, OWN_CLAIMS_BYTES, READ_CLAIMS } from "./token-claims.ts";

/** The lifetime of a token where none is given, in seconds. */
const DEFAULT_LIFETIME = 3600;

/**
 * The claims of a token about its holder.
 *
 * - `member`: the member id, 1 to 128 characters.
 * - `rooms`: room names, and prefixes that end in `*`.
 * - `can`: the capabilities in these rooms.
 * - `name`: the name that other members see; the member id if absent.
 * - `expiresIn`: the lifetime in seconds; one hour if absent.
 * - `issuer`, `audience`: those that the service expects, where it sets `AUTH_ISSUER` and `AUTH_AUDIENCE`.
 * - `claims`: anything else that hooks need, at most 2,048 bytes as JSON.
 */
export type TokenClaims = {
  member: string;
  rooms: readonly string[];
  can: readonly Capability[];
  name?: string | undefined;
  expiresIn?: number | undefined;
  issuer?: string | undefined;
  audience?: string | undefined;
  claims?: Readonly<Record<string, unknown>> | undefined;
};

/**
 * Signs a token that the service accepts (HS256). Give it to a client, which connects with it.
 * @param secret the `AUTH_SECRET` of the service: at least 32 random characters
 * @throws DormouseError `misconfigured` for a secret that is missing or too short, `invalid_event`, `invalid_room`, `too_big`
 * @example
 * const token = await createToken(
 *   { member: user.id, name: user.name, rooms: ["lobby", `team-${user.team}-*`], can: ["read", "publish", "presence"] },
 *   process.env.AUTH_SECRET,
 * );
 */
export async function createToken(claims: TokenClaims, secret: string | undefined): Promise<string> {
  if (typeof secret !== "string" || secret.trim().length < SAFE_SECRET_CHARS) {
    const why = secret ? "is too short and can be guessed" : "is missing";
    throw new DormouseError(
      "misconfigured",
      `The secret that signs tokens ${why}. Use the AUTH_SECRET of the service, of at least ${SAFE_SECRET_CHARS} random characters.`,
    );
  }
  return await signToken(claims, secret);
}

/**
 * Signs a token with any secret. Local work may use a short one.
 * @throws DormouseError `invalid_event`, `invalid_room`, `too_big`
 */
export async function signToken(claims: TokenClaims, secret: string): Promise<string> {
  const { member, name, issuer, audience, expiresIn = DEFAULT_LIFETIME } = claims;
  if (!Number.isFinite(expiresIn) || expiresIn <= 0)
    refuse("expiresIn is not a positive number. Give the lifetime of the token in seconds.");
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    ...ownClaims(claims.claims),
    sub: member,
    rooms: checkedRooms(claims.rooms),
    can: checkedCapabilities(claims.can),
    iat: now,
    exp: now + Math.ceil(expiresIn),
    ...(name === undefined ? {} : { name }),
    ...(issuer === undefined ? {} : { iss: issuer }),
    ...(audience === undefined ? {} : { aud: audience }),
  };
  const checked = v.safeParse(claimsSchema, payload);
  if (!checked.success) refuse(WRONG[v.getDotPath(checked.issues[0]) ?? "sub"] ?? "A claim is invalid.");
  if (member.startsWith(GUEST_PREFIX))
    refuse(`The member id begins with ${GUEST_PREFIX}, which is reserved for guests. Use another member id.`);
  const token = await new SignJWT(payload)
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(new TextEncoder().encode(secret));
  if (token.length <= TOKEN_BYTES) return token;
  throw new DormouseError(
    "too_big",
    `The token has ${token.length} bytes. Use fewer rooms or claims, so that it has at most ${TOKEN_BYTES}.`,
  );
}

/** By claim: what to do where it is invalid. */
const WRONG: Readonly<Record<string, string>> = {
  sub: "The member id is invalid. Use 1 to 128 characters without control characters, and neither . nor ..",
  name: "The name is invalid. Use 1 to 256 characters without control characters.",
  exp: "expiresIn is too long. Give the lifetime of the token in seconds.",
};

function checkedRooms(rooms: readonly string[]): readonly string[] {
  if (typeof rooms === "string") refuse(`rooms is a text. Use a list of room names: ["${rooms}"].`);
  if (!Array.isArray(rooms) || rooms.length === 0) refuse("The token names no room. Name at least one.");
  for (const room of rooms) {
    if (typeof room !== "string") refuse("rooms must be a list of room names.");
    if (!room.endsWith("*")) checkedRoomName(room);
  }
  return rooms;
}

function checkedCapabilities(can: readonly string[]): readonly string[] {
  const known = CAPABILITIES.join(", ");
  if (!Array.isArray(can) || can.length === 0) refuse(`The token has no capability. Use some of ${known}.`);
  const unknown = can.find((each) => !(CAPABILITIES as readonly string[]).includes(each));
  if (unknown !== undefined) refuse(`Unknown capability ${unknown}. Use some of ${known}.`);
  return can;
}

/** The service would pass no claims to hooks where there are too many bytes. */
function ownClaims(claims: TokenClaims["claims"] = {}): Readonly<Record<string, unknown>> {
  const reserved = Object.keys(claims).find((claim) => READ_CLAIMS.has(claim));
  if (reserved !== undefined)
    refuse(`The service reads the claim ${reserved} itself. Use another name for yours.`);
  const json = JSON.stringify(claims);
  if (!fitsUtf8(json, OWN_CLAIMS_BYTES)) {
    const bytes = utf8Length(json);
    const why = `The claims have ${bytes} bytes as JSON. Use at most ${OWN_CLAIMS_BYTES}.`;
    throw new DormouseError("too_big", why);
  }
  return claims;
}

function refuse(why: string): never {
  throw new DormouseError("invalid_event", why);
}
