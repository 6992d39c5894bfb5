import {
  type Author,
  createDormouse,
  credentialOf,
  type Draft,
  type HookSession,
  Room,
  reject,
  type StoredMessage,
} from "dormouse-rooms/server";
import { Hono } from "hono";
import { sign, verify } from "hono/jwt";

type Env = { CHAT: DurableObjectNamespace<ChatRoom>; QUEUE: Queue; SESSION_SECRET: string };
type Said = { text: string };

export class ChatRoom extends Room<Env, Said> {
  /** Runs when the object wakes. */
  override onStart() {
    this.sql.exec("CREATE TABLE IF NOT EXISTS words (member TEXT PRIMARY KEY, said INTEGER)");
  }

  /** Runs before a socket joins, which `authenticate` let in. */
  override onConnect(session: HookSession) {
    const tabs = this.sessions().filter(({ member }) => member === session.member);
    if (tabs.length >= 5) throw reject("forbidden", "Close one of your other tabs first.");
  }

  /** Runs before a message is stored, in the same transaction. */
  override onPublish(draft: Draft<Said>, author: Author) {
    // The type of a message is a promise: any client can send anything.
    const text: unknown = draft.data?.text;
    if (typeof text !== "string") throw reject("invalid_event", "Send an object with a text.");
    if (text.includes("spam")) throw reject("forbidden", "No spam, please.");
    this.sql.exec(
      "INSERT INTO words VALUES (?, 1) ON CONFLICT (member) DO UPDATE SET said = said + 1",
      author.member,
    );
    return { ...draft, data: { text: text.trim() } };
  }

  /** Runs after a message was stored and sent, at least once. */
  override async onMessage(message: StoredMessage<Said>) {
    await this.env.QUEUE.send({ room: this.name, seq: message.seq });
    if (message.data?.text !== "!time") return;
    await this.publish(
      { text: new Date().toISOString() },
      { id: `time-${message.seq}`, from: "bot", name: "Bot" },
    );
  }

  /** Answers GET /realtime/v1/rooms/{room}/custom/words. */
  override onRequest() {
    return Response.json(this.sql.exec("SELECT member, said FROM words ORDER BY member").toArray());
  }
}

/** The user whose token the client sends: `joinRoom("lobby", { token })`. */
async function userOf(request: Request, env: Env) {
  const token = credentialOf(request)?.token;
  if (token === undefined) return null;
  const claims = await verify(token, env.SESSION_SECRET, "HS256").catch(() => null);
  return claims as { sub: string; exp: number } | null;
}

const dormouse = createDormouse<Env>({
  rooms: (env) => env.CHAT,
  // Decides who may enter a room, over a socket and over HTTP.
  authenticate: async (request, env, room) => {
    const user = await userOf(request, env);
    if (user === null) return null;
    const staff = user.sub === "boss";
    if (room.startsWith("staff-") && !staff) throw reject("forbidden", "Staff only.");
    return {
      member: user.sub,
      can: ["read", "publish", "presence"],
      claims: { staff },
      until: user.exp * 1000,
    };
  },
  settings: (_env, room) => ({ historyMessages: room.startsWith("audit-") ? 1_000_000 : 10_000 }),
});

export class Realtime extends dormouse.Entrypoint {}

const app = new Hono<{ Bindings: Env }>();
app.route("/realtime", dormouse.app);
app.post("/login", async (c) => {
  // Check the password here.
  const { user } = await c.req.json<{ user: string }>();
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return c.json({ token: await sign({ sub: user, exp }, c.env.SESSION_SECRET) });
});
app.post("/orders/:id/ship", async (c) => {
  const id = c.req.param("id");
  await dormouse.room(c.env, `order-${id}`).publish({ state: "shipped" }, { id: `ship-${id}` });
  return c.body(null, 204);
});
app.get("/", (c) => c.text("The rest of the app."));
export default app;
