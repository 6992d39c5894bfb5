import type { Context, Next } from "hono";

/** The parts of a request that are measured. */
type Part = "auth" | "room";

/**
 * How long the parts of a request took. Calls at the same time count once. The clock of the platform stands still while code runs, so that
 * only waits are seen.
 */
class ServerTiming {
  readonly #parts = new Map<Part, { running: number; since: number; total: number }>();

  async measure<Result>(part: Part, call: () => Promise<Result>): Promise<Result> {
    const state = this.#parts.get(part) ?? { running: 0, since: 0, total: 0 };
    this.#parts.set(part, state);
    if (state.running++ === 0) state.since = Date.now();
    try {
      return await call();
    } finally {
      if (--state.running === 0) state.total += Date.now() - state.since;
    }
  }

  /** As the header `Server-Timing` has it (W3C Server Timing, section 3.2): in milliseconds. */
  get header(): string {
    return [...this.#parts].map(([part, { total }]) => `${part};dur=${total}`).join(", ");
  }
}

const timings = new WeakMap<Request, ServerTiming>();

export function timingOf(request: Request): ServerTiming {
  const timing = timings.get(request) ?? new ServerTiming();
  timings.set(request, timing);
  return timing;
}

/** Adds the header to answers. The headers of an upgrade are immutable. */
export async function serverTiming(c: Context, next: Next): Promise<void> {
  await next();
  const { header } = timingOf(c.req.raw);
  if (header !== "" && c.res.status !== 101) c.header("server-timing", header, { append: true });
}
