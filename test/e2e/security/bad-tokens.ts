import {
  AUDIENCE,
  base64url,
  claims,
  inSeconds,
  token,
  tokenOf,
  tokenOfBytes,
  tokenWithItsKey,
} from "../../support/tokens.ts";

export type TokenCase = [what: string, token: string];

const [head = "", payload = "", signature = ""] = token().split(".");
const [, adminPayload = ""] = token({ can: ["read", "publish", "admin"] }).split(".");
const flipped = `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
const unsigned = (alg: unknown) => base64url(JSON.stringify({ alg }));
const inPrototype = JSON.stringify({ ...claims(), sub: undefined }).replace(
  "{",
  '{"__proto__":{"sub":"ada"},',
);

/** Invalid tokens: 401. */
export const INVALID_TOKENS: TokenCase[] = [
  ["signed with another secret", token({}, { secret: "another secret" })],
  ["signed with no secret", token({}, { secret: "" })],
  ["signed with the name of the setting", token({}, { secret: "AUTH_SECRET" })],
  ["an empty signature", `${head}.${payload}.`],
  ["no signature", `${head}.${payload}`],
  ["a truncated signature", `${head}.${payload}.${signature.slice(0, 20)}`],
  ["a signature with one wrong character", `${head}.${payload}.${flipped}`],
  ["the signature of another token", `${head}.${payload}.${token({ sub: "bob" }).split(".")[2]}`],
  ["a payload that was changed", `${head}.${adminPayload}.${signature}`],
  ["a header that was changed", `${unsigned("HS256")}.${payload}.${signature}`],
  ["expired a second ago", token({ exp: inSeconds(-1) })],
  ["expired a day ago", token({ exp: inSeconds(-86_400) })],
  ["expired in 1970", token({ exp: 0 })],
  ["expired before 1970", token({ exp: -1 })],
  ["an exp that is text", token({ exp: `${inSeconds(3600)}` })],
  ["an exp that is null", token({ exp: null })],
  ["an exp of 1e308", tokenOf(JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e308'))],
  ["an infinite exp", tokenOf(JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e400'))],
  ["not valid yet", token({ nbf: inSeconds(86_400) })],
  ["an nbf that is text", token({ nbf: "now" })],
  ["another issuer", token({ iss: "https://issuer.example.evil.example" })],
  ["no issuer", token({ iss: undefined })],
  ["another audience", token({ aud: `${AUDIENCE}-2` })],
  ["no audience", token({ aud: undefined })],
  ["a list of other audiences", token({ aud: ["a", "b"] })],
  ["HS384", token({}, { header: { alg: "HS384" }, hash: "sha384" })],
  ["HS512", token({}, { header: { alg: "HS512" }, hash: "sha512" })],
  ["RS256 in the header, signed with the secret", token({}, { header: { alg: "RS256" } })],
  ["ES256 in the header, signed with the secret", token({}, { header: { alg: "ES256" } })],
  ["a key in its own header", tokenWithItsKey()],
  ["alg none", `${unsigned("none")}.${payload}.`],
  ["alg none, with a signature", token({}, { header: { alg: "none" } })],
  ["alg None", `${unsigned("None")}.${payload}.`],
  ["alg in another case", token({}, { header: { alg: "hs256" } })],
  ["no alg", token({}, { header: { typ: "JWT" } })],
  ["an alg that is a list", token({}, { header: { alg: ["HS256", "none"] } })],
  ["an alg that is an object", token({}, { header: { alg: { toString: "HS256" } } })],
  ["an unknown critical extension", token({}, { header: { alg: "HS256", crit: ["x"], x: 1 } })],
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
  ["no sub", token({ sub: undefined })],
  ["a sub in the prototype", tokenOf(inPrototype)],
  ["an empty sub", token({ sub: "" })],
  ["the sub of a guest", token({ sub: "guest_AAAAAAAAAAAAAAAAAAAAAA" })],
  ["the prefix of guest ids", token({ sub: "guest_" })],
  ["a sub that is a number", token({ sub: 7 })],
  ["a sub of 129 characters", token({ sub: "s".repeat(129) })],
  ["an empty name", token({ name: "" })],
  ["a name that is a list", token({ name: ["Ada"] })],
  ["no rooms", token({ rooms: undefined })],
  ["rooms that are text", token({ rooms: "*" })],
  ["rooms that are numbers", token({ rooms: [1] })],
  ["no capabilities", token({ can: undefined })],
  ["capabilities that are text", token({ can: "admin" })],
  ["capabilities that are an object", token({ can: { admin: true } })],
];

/** Valid tokens that do not cover the room `ours`: 403. */
export const OTHER_ROOM_TOKENS = (ours: string): TokenCase[] => [
  ["for another room", token({ rooms: ["theirs"] })],
  ["for no room", token({ rooms: [] })],
  ["for an empty room name", token({ rooms: [""] })],
  ["for a prefix of the name", token({ rooms: [ours.slice(0, -1)] })],
  ["for a longer name", token({ rooms: [`${ours}2`, `${ours}2*`] })],
  ["for the name in another case", token({ rooms: [ours.toUpperCase()] })],
  ["for an unsupported pattern", token({ rooms: [`*${ours.slice(1)}`, `${ours.slice(0, -1)}?`, ".*"] })],
  ["for the percent-encoded name", token({ rooms: [`%${ours.charCodeAt(0).toString(16)}${ours.slice(1)}`] })],
  ["for a path", token({ rooms: [`/v1/rooms/${ours}`, `../${ours}`] })],
];

/** Valid tokens for the room, without a capability: 403. */
export const POWERLESS_TOKENS: TokenCase[] = [
  ["with no capability", token({ can: [] })],
  ["with unknown capabilities", token({ can: ["*", "Admin", "all", "READ", "__proto__"] })],
];
