import {
  createToken,
  DormouseError,
  problemResponse,
  remoteRoom,
  verifyWebhook,
} from "dormouse-rooms/backend";
import { Hono } from "hono";

const { DORMOUSE_URL = "http://localhost:8787", AUTH_SECRET, WEBHOOK_SECRET } = process.env;

type Order = { order: string; state: string };

/** The backend is a member of its own, which may publish to the rooms of orders. */
const orderRoom = (id: string) =>
  remoteRoom<Order>(DORMOUSE_URL, {
    room: `order-${id}`,
    token: () =>
      createToken(
        { member: "shop", name: "Shop", rooms: ["order-*"], can: ["read", "publish"] },
        AUTH_SECRET,
      ),
  });

const app = new Hono();

/** A user of the shop follows an order: the page joins its room with this token. Sign the user in first. */
app.post("/orders/:id/token", async (c) => {
  const rooms = [`order-${c.req.param("id")}`];
  const claims = { member: "ada", rooms, can: ["read", "presence"] as const, expiresIn: 600 };
  return c.json({ token: await createToken(claims, AUTH_SECRET) });
});

/** The id belongs to the event, so a second call publishes nothing. */
app.post("/orders/:id/ship", async (c) => {
  const order = c.req.param("id");
  const { seq } = await orderRoom(order).publish({ order, state: "shipped" }, { id: `ship-${order}` });
  return c.json({ seq });
});

app.get("/orders/:id/states", async (c) => {
  const states: string[] = [];
  for await (const { data } of orderRoom(c.req.param("id")).messages()) states.push(data.state);
  return c.json(states);
});

/** The `WEBHOOK_URL` of the service. */
app.post("/hooks/dormouse", async (c) => {
  const { room, events } = await verifyWebhook<Order>(c.req.raw, WEBHOOK_SECRET);
  for (const event of events) {
    if (event.type === "message.published") console.log(room, event.message.seq, event.message.data.state);
    if (event.type === "member.joined") console.log(room, event.name, "joined");
  }
  return c.body(null, 204);
});

/** An error of Dormouse has a status, so a wrong signature is answered 401. */
app.onError((error) => {
  if (error instanceof DormouseError) return problemResponse(error);
  throw error;
});

export default app;
