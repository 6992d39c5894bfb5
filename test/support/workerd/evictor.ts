import unsafe from "workerd:unsafe";

type Env = { [binding: string]: { getByName(name: string): unknown } | undefined };

/**
 * A second Worker that evicts the service's rooms from memory, as the platform does when it needs the memory. The service itself runs as
 * deployed. `/<binding>/<room>/hibernate` keeps the WebSockets open, `/<binding>/<room>/close` closes them.
 */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const [, binding = "", room = "", webSockets] = new URL(request.url).pathname
      .split("/")
      .map(decodeURIComponent);
    try {
      await unsafe.evict(env[binding]?.getByName(room), {
        webSockets: webSockets === "close" ? "close" : "hibernate",
      });
      return new Response("evicted");
    } catch (error) {
      // The room was not in memory, or did not become idle in time.
      return new Response(String(error), { status: 409 });
    }
  },
};
