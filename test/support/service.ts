import { createTestHarness } from "wrangler";
import { builtWorker } from "./built-worker.ts";
import { NO_LOCAL_SECRETS } from "./no-local-secrets.ts";

/** The service in workerd on a port, built as `wrangler dev` builds it. */
export type Service = {
  /** `http://…`, without a slash at the end. */
  url: string;
  /** The WebSocket URL of a room. `query` starts with `?`. */
  room(name: string, query?: string): string;
  /** Evicts the room from memory. Its sockets hibernate, or are closed. */
  evict(room: string, webSockets?: "hibernate" | "close"): Promise<void>;
  /** Runs a query against the room's SQLite, and returns its rows. */
  sql(room: string, query: string): Promise<Record<string, unknown>[]>;
  /** The ids of all rooms that were ever reached. */
  objects(): Promise<string[]>;
  /** The lines that the runtime printed. */
  logs(): string[];
  stop(): Promise<void>;
};

/** Tests send fast and from one address. Tests of the limits set their own. */
const UNLIMITED = { PUBLISH_RATE: "0" };

/** @param vars settings that replace those of wrangler.toml */
export async function startService(vars: Record<string, string> = {}): Promise<Service> {
  const built = builtWorker();
  const harness = createTestHarness({
    workers: [
      {
        configPath: "./wrangler.toml",
        ...(built !== undefined && { prebuiltWorkerDir: built }),
        vars: { ...NO_LOCAL_SECRETS, ...UNLIMITED, ...vars },
      },
    ],
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
