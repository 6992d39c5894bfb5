import type { Realtime } from "./rooms.ts";

type Env = { REALTIME: Record<string, (...args: unknown[]) => Promise<unknown>> & Service<typeof Realtime> };

/** Values that a test cannot send as JSON. */
const UNUSUAL: Record<string, () => unknown> = {
  circle() {
    const circle: unknown[] = [];
    circle.push(circle);
    return circle;
  },
  bigint: () => 1n,
  bytes: () => new Uint8Array([1, 2, 3]),
};

/** Another Worker of the account. It makes the call that a test asks for, and tells how it went. */
export default {
  async fetch(request, env) {
    const { method, args } = await request.json<{ method: string; args: unknown[] }>();
    const given = args.map((arg) =>
      typeof arg === "object" && arg !== null && "unusual" in arg ? UNUSUAL[String(arg.unusual)]?.() : arg,
    );
    try {
      const value = (await env.REALTIME[method]?.(...given)) ?? null;
      return Response.json({ value });
    } catch (error) {
      const { name, message, code } = error as { name: string; message: string; code?: string };
      return Response.json({ error: { name, message, code } });
    }
  },
} satisfies ExportedHandler<Env>;
