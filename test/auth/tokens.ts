import { env } from "cloudflare:workers";
import { SignJWT } from "jose";

export const SECRET: string = (env as unknown as { AUTH_SECRET: string }).AUTH_SECRET;

export const CLAIMS = { sub: "ada", rooms: ["*"], can: ["read", "publish"] } as const;

export const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

/** Signs a token. `claims` replace the default claims; undefined removes one. */
export function sign(
  claims: Record<string, unknown> = {},
  secret: string = SECRET,
  alg = "HS256",
): Promise<string> {
  return new SignJWT({ ...CLAIMS, exp: inSeconds(3600), ...claims })
    .setProtectedHeader({ alg })
    .sign(new TextEncoder().encode(secret));
}
