import { createHmac, generateKeyPairSync, sign } from "node:crypto";

/** What the tokens of the hostile suite are checked against. */
export const SECRET = "the secret of a test, which no answer may hold";
export const ISSUER = "https://issuer.example";
export const AUDIENCE = "dormouse-test";

export const ALL = ["read", "publish", "signal", "presence", "admin"] as const;

export const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

export const base64url = (text: string) => Buffer.from(text).toString("base64url");

type How = { header?: object; secret?: string; hash?: string };

/** The claims of a good token. */
export const claims = (): Record<string, unknown> => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: "ada",
  rooms: ["*"],
  can: ["read", "publish"],
  exp: inSeconds(3600),
});

/** A token of these claims, in place of or beside good ones (undefined takes one away); made by hand, so it may be wrong. */
export function token(other: Record<string, unknown> = {}, how: How = {}): string {
  return tokenOf(JSON.stringify({ ...claims(), ...other }), how);
}

/** A token whose payload is this text, JSON or not. */
export function tokenOf(payload: string, { header, secret = SECRET, hash = "sha256" }: How = {}): string {
  const signed = `${base64url(JSON.stringify(header ?? { alg: "HS256", typ: "JWT" }))}.${base64url(payload)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest("base64url")}`;
}

/** A token that brings the key along which it is signed with. */
export function tokenWithItsKey(): string {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const header = { alg: "ES256", jwk: publicKey.export({ format: "jwk" }) };
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims()))}`;
  const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

/** A token that is right but for its size. */
export function tokenOfBytes(bytes: number): string {
  // Base64 takes four characters for three bytes, so that some lengths need another header.
  for (const typ of ["JWT", "JWT+", "JWT++"]) {
    const header = { alg: "HS256", typ };
    const room = bytes - token({ pad: "" }, { header }).length;
    for (let pad = Math.floor(room * 0.75) - 4; pad <= room * 0.75 + 4; pad++) {
      const made = token({ pad: "x".repeat(Math.max(0, pad)) }, { header });
      if (made.length === bytes) return made;
    }
  }
  throw new Error(`There is no token of ${bytes} bytes.`);
}
