import {
  answerSignIn,
  createToken,
  DormouseError,
  problemResponse,
  readSignIn,
  type SignIn,
} from "dormouse-rooms/backend";
import { type Context, Hono } from "hono";
import { deleteCookie, generateSignedCookie, getSignedCookie } from "hono/cookie";
import * as oidc from "openid-client";

type Env = {
  OIDC_ISSUER: string;
  OIDC_CLIENT_ID: string;
  OIDC_CLIENT_SECRET: string;
  STAFF: string;
  SESSION_SECRET: string;
  AUTH_SECRET: string;
};
type C = Context<{ Bindings: Env }>;
type User = { id: string; name: string };
/** The values that wait in a cookie while the provider asks who the person is. */
type Flow = { signIn: SignIn; verifier: string; nonce: string };

const SESSION_SECONDS = 86_400;
const FLOW_SECONDS = 600;
const COOKIE = { path: "/login", httpOnly: true, secure: true, sameSite: "Lax" } as const;

/** A cookie of its own for each sign-in, so that two tabs can sign in at once. */
const flowCookie = (state: string) => `flow-${state}`;

async function provider({ env }: C): Promise<oidc.Configuration> {
  const issuer = new URL(env.OIDC_ISSUER);
  // For a provider on your own machine.
  const execute = issuer.hostname === "localhost" ? [oidc.allowInsecureRequests] : [];
  return await oidc.discovery(issuer, env.OIDC_CLIENT_ID, env.OIDC_CLIENT_SECRET, undefined, { execute });
}

/** A signed cookie with JSON that ends by itself, also if the browser keeps it. */
async function cookie({ env }: C, name: string, value: object, seconds: number): Promise<string> {
  const text = JSON.stringify({ value, until: Date.now() + seconds * 1000 });
  return await generateSignedCookie(name, text, env.SESSION_SECRET, { ...COOKIE, maxAge: seconds });
}

async function read<Value>(c: C, name: string): Promise<Value | undefined> {
  const text = await getSignedCookie(c, c.env.SESSION_SECRET, name);
  const { value, until } = JSON.parse(text || '{"until":0}');
  return until > Date.now() ? value : undefined;
}

/** The rooms that a person may enter, and the person's rights there. Put the rules of your app here. */
function rightsOf({ id }: User, { STAFF }: Env) {
  const can = ["read", "publish", "signal", "presence"] as const;
  const isStaff = STAFF.split(" ").includes(id);
  return { rooms: ["*"], can: isStaff ? ([...can, "moderate"] as const) : can };
}

function tokenFor(user: User, { env }: C): Promise<string> {
  const claims = { member: user.id, name: user.name, expiresIn: 900, ...rightsOf(user, env) };
  return createToken(claims, env.AUTH_SECRET);
}

const redirectUri = (c: C) => new URL("/login/callback", c.req.url).href;

const app = new Hono<{ Bindings: Env }>();

app.get("/login", async (c) => {
  const signIn = readSignIn(c.req.raw, [new URL(c.req.url).origin]);
  const user = await read<User>(c, "session");
  if (user !== undefined) return answerSignIn(signIn, await tokenFor(user, c));
  if (signIn.isRenewal) return answerSignIn(signIn, undefined);
  const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
  const address = oidc.buildAuthorizationUrl(await provider(c), {
    redirect_uri: redirectUri(c),
    scope: "openid profile",
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  const flow: Flow = { signIn, verifier, nonce };
  c.header("set-cookie", await cookie(c, flowCookie(state), flow, FLOW_SECONDS));
  return c.redirect(address.href, 303);
});

/** The provider sends the person back to here. */
app.get("/login/callback", async (c) => {
  const state = c.req.query("state") ?? "";
  const flow = /^[\w-]+$/.test(state) ? await read<Flow>(c, flowCookie(state)) : undefined;
  if (flow === undefined)
    return c.text("This sign-in took too long. Go back to the room and try again.", 400);
  const checks = { pkceCodeVerifier: flow.verifier, expectedState: state, expectedNonce: flow.nonce };
  try {
    const tokens = await oidc.authorizationCodeGrant(await provider(c), new URL(c.req.url), checks);
    const claims = tokens.claims();
    if (claims === undefined) throw new Error("The provider sent no ID token.");
    const user: User = { id: claims.sub, name: String(claims.name ?? claims.sub) };
    const response = answerSignIn(flow.signIn, await tokenFor(user, c));
    response.headers.append("set-cookie", await cookie(c, "session", user, SESSION_SECONDS));
    return response;
  } catch (error) {
    console.warn("The provider did not sign the person in:", error);
    return answerSignIn(flow.signIn, undefined);
  }
});

app.post("/login/out", (c) => {
  deleteCookie(c, "session", COOKIE);
  return c.body(null, 204);
});

app.onError((error) => {
  if (error instanceof DormouseError) return problemResponse(error);
  throw error;
});

export default app;
