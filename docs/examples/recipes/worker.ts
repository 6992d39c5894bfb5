import {
  type Author,
  createDormouse,
  type Draft,
  type Identity,
  Room,
  reject,
  type StoredMessage,
} from "dormouse-rooms/server";
import { Hono } from "hono";
import { setSignedCookie } from "hono/cookie";
import { parseSigned } from "hono/utils/cookie";

type Env = {
  ROOMS: DurableObjectNamespace<AppRoom>;
  DB: D1Database;
  SESSION_SECRET: string;
};
type Said = { text: string };

const FORBIDDEN = ["spam", "casino"];

export class AppRoom extends Room<Env, Said> {
  override onStart() {
    this.sql.exec(
      "CREATE TABLE IF NOT EXISTS counter (id INTEGER PRIMARY KEY CHECK (id = 1), messages INTEGER)",
    );
    this.sql.exec("INSERT OR IGNORE INTO counter VALUES (1, 0)");
  }

  /** A word filter, and a counter of messages that never differs from the log. */
  override onPublish(draft: Draft<Said>, _author: Author) {
    // Its pieces pass one by one, so that none need have the whole word.
    if (draft.op === "append") throw reject("forbidden", "Edit the message in place of appending to it.");
    if (draft.op === "delete" || draft.op === "unreact") return;
    // A reaction has a key of up to 64 characters.
    const text = draft.op === "react" ? (draft.key ?? "") : textOf(draft.data);
    if (text === "") throw reject("invalid_event", "Write something first.");
    if (FORBIDDEN.some((word) => text.toLowerCase().includes(word)))
      throw reject("forbidden", "Please stay on topic.");
    if (draft.op === "react") return;
    if (draft.op === undefined) this.sql.exec("UPDATE counter SET messages = messages + 1");
    return { ...draft, data: { text } };
  }

  /** Copies each message to D1. A message may come twice, so the row is keyed by its seq. */
  override async onMessage(message: StoredMessage<Said>) {
    await this.env.DB.prepare("INSERT OR IGNORE INTO messages (room, seq, author, text) VALUES (?, ?, ?, ?)")
      .bind(this.name, message.seq, message.from, textOf(message.data))
      .run();
    if (message.data?.text === "!count") {
      const [row] = this.sql.exec<{ messages: number }>("SELECT messages FROM counter").toArray();
      await this.publish(
        { text: `${row?.messages} messages` },
        { id: `count-${message.seq}`, from: "bot", name: "Bot" },
      );
    }
  }
}

/** The text of data, which can be any JSON whatever its type says. */
function textOf(data: Said | undefined): string {
  const text: unknown = data?.text;
  return typeof text === "string" ? text.trim() : "";
}

/** The user whose signed session cookie comes with the request. */
async function userOf(request: Request, env: Env): Promise<string | undefined> {
  const cookies = await parseSigned(request.headers.get("cookie") ?? "", env.SESSION_SECRET, "session");
  return cookies.session || undefined;
}

/** A user enters the lobby, and the room of its own notifications, where it only reads. */
function identityIn(room: string, user: string): Identity | null {
  if (room === "lobby") return { member: user, can: ["read", "publish", "signal", "presence"] };
  return room === `user-${user}` ? { member: user, can: ["read"] } : null;
}

const dormouse = createDormouse<Env>({
  rooms: (env) => env.ROOMS,
  authenticate: async (request, env, room) => {
    const user = await userOf(request, env);
    return user === undefined ? null : identityIn(room, user);
  },
});

const app = new Hono<{ Bindings: Env }>();
app.route("/realtime", dormouse.app);

app.post("/login", async (c) => {
  // Check the password here.
  const { user } = await c.req.json<{ user: string }>();
  await setSignedCookie(c, "session", user, c.env.SESSION_SECRET, {
    httpOnly: true,
    sameSite: "Lax",
    path: "/",
  });
  return c.body(null, 204);
});

/** An update to one user, on all of its devices. */
app.post("/orders/:id/status", async (c) => {
  const { owner, status } = await c.req.json<{ owner: string; status: string }>();
  const id = c.req.param("id");
  await dormouse
    .room<Said>(c.env, `user-${owner}`)
    .publish({ text: `Order ${id}: ${status}` }, { id: `${id}-${status}` });
  return c.body(null, 204);
});

app.get("/archive", async (c) => {
  const { results } = await c.env.DB.prepare(
    "SELECT room, seq, author, text FROM messages ORDER BY room, seq",
  ).all();
  return c.json(results);
});

export default {
  fetch: app.fetch,
  /** A cron job in the same Worker. A repeated run publishes nothing twice. */
  async scheduled(event: ScheduledController, env: Env) {
    const minute = Math.floor(event.scheduledTime / 60_000);
    await dormouse
      .room<Said>(env, "lobby")
      .publish({ text: "Stand-up in five minutes." }, { id: `stand-up-${minute}` });
  },
};
