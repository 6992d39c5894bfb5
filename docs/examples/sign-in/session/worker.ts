import {
  answerSignIn,
  createToken,
  DormouseError,
  problemResponse,
  readSignIn,
} from "dormouse-rooms/backend";
import { createDormouse, Room } from "dormouse-rooms/server";
import { Hono } from "hono";
import { deleteCookie, setSignedCookie } from "hono/cookie";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { parseSigned } from "hono/utils/cookie";

type Env = { ROOMS: DurableObjectNamespace<AppRoom>; SESSION_SECRET: string; AUTH_SECRET: string };
type Session = { user: string; until: number };

const SESSION_SECONDS = 86_400;
const COOKIE = { path: "/", httpOnly: true, secure: true, sameSite: "Lax" } as const;

export class AppRoom extends Room<Env> {}

/** The session in the signed cookie of a request. A WebSocket of a page of the same origin sends the cookie, too. */
async function sessionOf(request: Request, env: Env): Promise<Session | undefined> {
  const cookies = await parseSigned(request.headers.get("cookie") ?? "", env.SESSION_SECRET, "session");
  const session: Session | undefined = cookies.session ? JSON.parse(cookies.session) : undefined;
  return session && session.until > Date.now() ? session : undefined;
}

const dormouse = createDormouse<Env>({
  rooms: (env) => env.ROOMS,
  authenticate: async (request, env) => {
    const session = await sessionOf(request, env);
    if (session === undefined) return null;
    const { user, until } = session;
    return { member: user, can: ["read", "publish", "signal", "presence"], until };
  },
});

const app = new Hono<{ Bindings: Env }>();
app.route("/realtime", dormouse.app);

// A form of another site cannot sign anybody in or out.
app.use("/login", csrf());

const FORM = `<!doctype html><meta charset="utf-8"><title>Sign in</title><form method="post">
  <label>Name <input name="user"></label> <label>Password <input name="password" type="password"></label> <button>Sign in</button>
</form>`;

/** The sign-in page of the chat page, which is at the same host. Rooms of this Worker need no token. */
app.get("/login", async (c) => {
  const signIn = readSignIn(c.req.raw, [new URL(c.req.url).origin]);
  const session = await sessionOf(c.req.raw, c.env);
  if (session === undefined && !signIn.isRenewal) return c.html(FORM);
  const can = ["read", "publish", "signal", "presence"] as const;
  const claims = session && { member: session.user, rooms: ["*"], can, expiresIn: 900 };
  return answerSignIn(signIn, claims && (await createToken(claims, c.env.AUTH_SECRET)));
});

app.post("/login", async (c) => {
  const { user, password } = await c.req.parseBody();
  // Check the password against your own users here.
  if (typeof user !== "string" || user === "" || password !== "open sesame")
    return c.text("Wrong password.", 403);
  const session: Session = { user, until: Date.now() + SESSION_SECONDS * 1000 };
  const options = { ...COOKIE, maxAge: SESSION_SECONDS };
  await setSignedCookie(c, "session", JSON.stringify(session), c.env.SESSION_SECRET, options);
  return c.redirect(c.req.query("return_to") === undefined ? "/" : c.req.url, 303);
});

app.delete("/login", (c) => {
  deleteCookie(c, "session", COOKIE);
  return c.body(null, 204);
});

app.onError((error) => {
  if (error instanceof DormouseError) return problemResponse(error);
  // The refusal of csrf().
  if (error instanceof HTTPException) return error.getResponse();
  throw error;
});

export default app;
