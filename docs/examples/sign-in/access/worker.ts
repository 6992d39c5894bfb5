import {
  answerSignIn,
  createToken,
  DormouseError,
  problemResponse,
  readSignIn,
} from "dormouse-rooms/backend";
import { createRemoteJWKSet, jwtVerify } from "jose";

type Env = { ACCESS_TEAM: string; ACCESS_AUD: string; AUTH_SECRET: string };
type User = { id: string; email: string };

let keys: ReturnType<typeof createRemoteJWKSet> | undefined;

/** The person that Access let through. The signature is checked, because a Worker can also be reached past Access, at its workers.dev address. */
async function userOf(request: Request, env: Env): Promise<User | undefined> {
  const assertion = request.headers.get("cf-access-jwt-assertion");
  if (assertion === null) return undefined;
  keys ??= createRemoteJWKSet(new URL("/cdn-cgi/access/certs", env.ACCESS_TEAM));
  const expected = { issuer: env.ACCESS_TEAM, audience: env.ACCESS_AUD, algorithms: ["RS256"] };
  try {
    const { payload } = await jwtVerify<{ email?: string }>(assertion, keys, expected);
    // A service token of Access has no sub and no email.
    return payload.sub && payload.email ? { id: payload.sub, email: payload.email } : undefined;
  } catch (error) {
    console.warn("Access sent a token that is not valid:", error);
    return undefined;
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    try {
      const signIn = readSignIn(request, [new URL(request.url).origin]);
      const user = await userOf(request, env);
      const claims = user && {
        member: user.id,
        name: user.email,
        rooms: ["*"],
        can: ["read", "publish", "signal", "presence"] as const,
        expiresIn: 900,
      };
      return answerSignIn(signIn, claims && (await createToken(claims, env.AUTH_SECRET)));
    } catch (error) {
      if (error instanceof DormouseError) return problemResponse(error);
      throw error;
    }
  },
};
