import unsafe from "workerd:unsafe";

/** The rooms of the service, as a stranger to it sees them: by name. */
type Env = { ROOMS: { getByName(name: string): unknown } };

/**
 * A second worker beside the service, which puts its rooms out of memory, as the platform does when it needs the place:
 * `/<room>/hibernate` keeps the sockets open, `/<room>/close` does not. The service itself runs as it is deployed.
 */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const [, room = "", webSockets] = new URL(request.url).pathname.split("/").map(decodeURIComponent);
    try {
      await unsafe.evict(env.ROOMS.getByName(room), {
        webSockets: webSockets === "close" ? "close" : "hibernate",
      });
      return new Response("evicted");
    } catch (error) {
      // It was not in memory, or would not come to rest in time.
      return new Response(String(error), { status: 409 });
    }
  },
};
