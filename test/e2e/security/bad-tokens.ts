import {
  AUDIENCE,
  base64url,
  claims,
  inSeconds,
  token,
  tokenOf,
  tokenOfBytes,
  tokenWithItsKey,
} from "../../support/forge.ts";

/** The room that the table's tokens are tried on; one that is right for another room names another. */
export type BadToken = [what: string, token: string];

const [head = "", payload = "", signature = ""] = token().split(".");
const [, adminPayload = ""] = token({ can: ["read", "publish", "admin"] }).split(".");
const flipped = `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
const unsigned = (alg: unknown) => base64url(JSON.stringify({ alg }));
const inPrototype = JSON.stringify({ ...claims(), sub: undefined }).replace(
  "{",
  '{"__proto__":{"sub":"ada"},',
);

/** Tokens that are none: 401 wherever they are handed in. */
export const INVALID: BadToken[] = [
  ["signed with another secret", token({}, { secret: "another secret" })],
  ["signed with no secret", token({}, { secret: "" })],
  ["signed with the name of the setting", token({}, { secret: "AUTH_SECRET" })],
  ["an empty signature", `${head}.${payload}.`],
  ["no signature", `${head}.${payload}`],
  ["half a signature", `${head}.${payload}.${signature.slice(0, 20)}`],
  ["a signature that is a little off", `${head}.${payload}.${flipped}`],
  ["the signature of another token", `${head}.${payload}.${token({ sub: "bob" }).split(".")[2]}`],
  ["a payload that was changed", `${head}.${adminPayload}.${signature}`],
  ["a header that was changed", `${unsigned("HS256")}.${payload}.${signature}`],
  ["ended a second ago", token({ exp: inSeconds(-1) })],
  ["ended long ago", token({ exp: inSeconds(-86_400) })],
  ["ended in 1970", token({ exp: 0 })],
  ["ended before 1970", token({ exp: -1 })],
  ["an end that is text", token({ exp: `${inSeconds(3600)}` })],
  ["an end that is null", token({ exp: null })],
  ["an end beyond all time", tokenOf(JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e308'))],
  ["an end that is infinite", tokenOf(JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e400'))],
  ["not valid yet", token({ nbf: inSeconds(60) })],
  ["a beginning that is text", token({ nbf: "now" })],
  ["of another issuer", token({ iss: "https://issuer.example.evil.example" })],
  ["of no issuer", token({ iss: undefined })],
  ["for another audience", token({ aud: `${AUDIENCE}-2` })],
  ["for no audience", token({ aud: undefined })],
  ["for other audiences", token({ aud: ["a", "b"] })],
  ["HS384", token({}, { header: { alg: "HS384" }, hash: "sha384" })],
  ["HS512", token({}, { header: { alg: "HS512" }, hash: "sha512" })],
  ["RS256 by its header, signed with the secret", token({}, { header: { alg: "RS256" } })],
  ["ES256 by its header, signed with the secret", token({}, { header: { alg: "ES256" } })],
  ["a key of its own", tokenWithItsKey()],
  ["alg none", `${unsigned("none")}.${payload}.`],
  ["alg none, with a signature", token({}, { header: { alg: "none" } })],
  ["alg None", `${unsigned("None")}.${payload}.`],
  ["alg in another case", token({}, { header: { alg: "hs256" } })],
  ["no alg", token({}, { header: { typ: "JWT" } })],
  ["an alg that is a list", token({}, { header: { alg: ["HS256", "none"] } })],
  ["an alg that is an object", token({}, { header: { alg: { toString: "HS256" } } })],
  ["an extension that must be understood", token({}, { header: { alg: "HS256", crit: ["x"], x: 1 } })],
  ["a payload that is not base64", token({}, { header: { alg: "HS256", b64: false, crit: ["b64"] } })],
  ["encrypted", `${base64url('{"alg":"dir","enc":"A256GCM"}')}..AAAA.AAAA.AAAA`],
  ["one byte too long", tokenOfBytes(8193)],
  ["far too long", tokenOfBytes(16_000)],
  ["two dots", ".."],
  ["a dot", "."],
  ["three letters", "a.b.c"],
  ["four parts", `${head}.${payload}.${signature}.x`],
  ["a header that is not JSON", `${base64url("{")}.${payload}.${signature}`],
  ["a header that is null", `${base64url("null")}.${payload}.${signature}`],
  ["a payload that is not JSON", tokenOf("{")],
  ["a payload that is null", tokenOf("null")],
  ["a payload that is a list", tokenOf("[]")],
  ["a payload nested 1000 deep", tokenOf("[".repeat(1000) + "]".repeat(1000))],
  ["no member", token({ sub: undefined })],
  ["a member in the prototype", tokenOf(inPrototype)],
  ["an empty member", token({ sub: "" })],
  ["the id of a guest", token({ sub: "guest_AAAAAAAAAAAAAAAAAAAAAA" })],
  ["what ids of guests begin with", token({ sub: "guest_" })],
  ["a member that is a number", token({ sub: 7 })],
  ["a member of 129 characters", token({ sub: "s".repeat(129) })],
  ["an empty name", token({ name: "" })],
  ["a name that is a list", token({ name: ["Ada"] })],
  ["no rooms", token({ rooms: undefined })],
  ["rooms that are text", token({ rooms: "*" })],
  ["rooms that are numbers", token({ rooms: [1] })],
  ["no capabilities", token({ can: undefined })],
  ["capabilities that are text", token({ can: "admin" })],
  ["capabilities that are an object", token({ can: { admin: true } })],
];

/** Good tokens that hold for nothing in the room `ours`: 403. */
export const NOT_HERE = (ours: string): BadToken[] => [
  ["of another room", token({ rooms: ["theirs"] })],
  ["of no room", token({ rooms: [] })],
  ["of a room without a name", token({ rooms: [""] })],
  ["of a room whose name begins like this one's", token({ rooms: [ours.slice(0, -1)] })],
  ["of a room whose name is longer", token({ rooms: [`${ours}2`, `${ours}2*`] })],
  ["of a room in another case", token({ rooms: [ours.toUpperCase()] })],
  [
    "of a pattern that this service has not",
    token({ rooms: [`*${ours.slice(1)}`, `${ours.slice(0, -1)}?`, ".*"] }),
  ],
  [
    "of a name that is percent-encoded",
    token({ rooms: [`%${ours.charCodeAt(0).toString(16)}${ours.slice(1)}`] }),
  ],
  ["of a path", token({ rooms: [`/v1/rooms/${ours}`, `../${ours}`] })],
];

/** Good tokens that hold for the room, but for nothing in it. */
export const EMPTY: BadToken[] = [
  ["with no capability", token({ can: [] })],
  ["with capabilities that there are not", token({ can: ["*", "Admin", "all", "READ", "__proto__"] })],
];
