import { createTestHarness } from "wrangler";
import { NO_LOCAL_SECRETS } from "./no-local-secrets.ts";

/** The service on a real port, in the real runtime, built as `wrangler dev` builds it. */
export type Service = {
  /** `http://…` without a slash at its end. */
  url: string;
  /** `ws://…/v1/rooms/<room><query>`; the room is percent-encoded here. */
  room(name: string, query?: string): string;
  /** Puts the room's object out of memory; its sockets hibernate, or are closed. */
  evict(room: string, webSockets?: "hibernate" | "close"): Promise<void>;
  /** Rows of a query against the room's own SQLite. */
  sql(room: string, query: string): Promise<Record<string, unknown>[]>;
  /** The ids of all rooms that have ever been used: an object that nobody reached has none. */
  objects(): Promise<string[]>;
  /** What the runtime printed since the start, a line each. */
  logs(): string[];
  stop(): Promise<void>;
};

/** Tests send as fast as they can, and all from one address; those of the limits say which one they mean. */
const UNLIMITED = { PUBLISH_RATE: "0" };

/** @param vars settings that replace those of wrangler.toml */
export async function startService(vars: Record<string, string> = {}): Promise<Service> {
  const harness = createTestHarness({
    workers: [{ configPath: "./wrangler.toml", vars: { ...NO_LOCAL_SECRETS, ...UNLIMITED, ...vars } }],
  });
  const url = (await harness.listen()).url.origin;
  const worker = harness.getWorker();
  return {
    url,
    room: (name, query = "") => `${url.replace("http", "ws")}/v1/rooms/${encodeURIComponent(name)}${query}`,
    evict: (name, webSockets = "hibernate") => worker.evictDurableObject("Room", { name, webSockets }),
    sql: async (name, query) => {
      const storage = await worker.getDurableObjectStorage("Room", { name });
      return storage.exec(query);
    },
    objects: async () => (await worker.listDurableObjectIds("Room")).sort(),
    logs: () => harness.getLogs().map((line) => line.message),
    stop: () => harness.close(),
  };
}
