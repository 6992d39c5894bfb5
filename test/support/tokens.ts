import { createHmac, generateKeyPairSync, sign } from "node:crypto";

/** The AUTH_SECRET of the tests. */
export const SECRET = "a secret that no answer and no log may contain";
export const ISSUER = "https://issuer.example";
export const AUDIENCE = "dormouse-test";

export const ALL = ["read", "publish", "signal", "presence", "admin"] as const;

export const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

export const base64url = (text: string) => Buffer.from(text).toString("base64url");

type Signing = { header?: object; secret?: string; hash?: string };

/** The claims of a valid token. */
export const claims = (): Record<string, unknown> => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: "ada",
  rooms: ["*"],
  can: ["read", "publish"],
  exp: inSeconds(3600),
});

/** A signed token with these claims over valid ones. `undefined` removes a claim. It may be invalid. */
export function token(other: Record<string, unknown> = {}, signing: Signing = {}): string {
  return tokenOf(JSON.stringify({ ...claims(), ...other }), signing);
}

/** A signed token with this payload, which need not be JSON. */
export function tokenOf(payload: string, { header, secret = SECRET, hash = "sha256" }: Signing = {}): string {
  const signed = `${base64url(JSON.stringify(header ?? { alg: "HS256", typ: "JWT" }))}.${base64url(payload)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest("base64url")}`;
}

/** A token that carries its own verification key. */
export function tokenWithItsKey(): string {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const header = { alg: "ES256", jwk: publicKey.export({ format: "jwk" }) };
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims()))}`;
  const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

/** A valid token of this size. */
export function tokenOfBytes(bytes: number): string {
  // Base64 has four characters for three bytes, so some sizes need another header.
  for (const typ of ["JWT", "JWT+", "JWT++"]) {
    const header = { alg: "HS256", typ };
    const room = bytes - token({ pad: "" }, { header }).length;
    for (let pad = Math.floor(room * 0.75) - 4; pad <= room * 0.75 + 4; pad++) {
      const made = token({ pad: "x".repeat(Math.max(0, pad)) }, { header });
      if (made.length === bytes) return made;
    }
  }
  throw new Error(`No token has ${bytes} bytes.`);
}
