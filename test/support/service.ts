import { resolve } from "node:path";
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
  /** Runs a query against the room's SQLite, or that of an object of another class, and returns its rows. */
  sql(room: string, query: string, className?: string): Promise<Record<string, unknown>[]>;
  /** The ids of all rooms that were ever reached. */
  objects(): Promise<string[]>;
  /** Calls the Worker that runs beside the service. */
  beside(
    path: string,
    init: { method: string; body: string },
  ): Promise<{ status: number; text(): Promise<string> }>;
  /** The lines that the runtime printed. */
  logs(): string[];
  stop(): Promise<void>;
};

/** Tests send fast and from one address. Tests of the limits set their own. */
const UNLIMITED = { PUBLISH_RATE: "0" };

/** A Worker that runs beside the service and has its Durable Objects. */
const BESIDE = "beside";

/**
 * @param vars settings that replace those of wrangler.toml
 * @param beside the main file of another Worker, which `Service.beside` calls
 */
export async function startService(vars: Record<string, string> = {}, beside?: string): Promise<Service> {
  const built = builtWorker();
  const harness = createTestHarness({
    workers: [
      {
        configPath: "./wrangler.toml",
        ...(built !== undefined && { prebuiltWorkerDir: built }),
        vars: { ...NO_LOCAL_SECRETS, ...UNLIMITED, ...vars },
      },
      ...(beside === undefined ? [] : [{ config: besideService(beside) }]),
    ],
  });
  const url = (await harness.listen()).url.origin;
  const worker = harness.getWorker();
  return {
    url,
    room: (name, query = "") => `${url.replace("http", "ws")}/v1/rooms/${encodeURIComponent(name)}${query}`,
    evict: (name, webSockets = "hibernate") =>
      worker.evictDurableObject("Room", { name, webSockets }).catch((error: unknown) => {
        // The runtime has evicted it before.
        if (!/not currently running/.test(String(error))) throw error;
      }),
    sql: async (name, query, className = "Room") => {
      const storage = await worker.getDurableObjectStorage(className, { name });
      return storage.exec(query);
    },
    objects: async () => (await worker.listDurableObjectIds("Room")).sort(),
    beside: (path, init) => harness.getWorker(BESIDE).fetch(path, init),
    logs: () => harness.getLogs().map((line) => line.message),
    stop: () => harness.close(),
  };
}

function besideService(main: string) {
  const objects = { ROOMS: "Room", DIRECTORY: "Directory" };
  return {
    name: BESIDE,
    main: resolve(main),
    compatibility_date: "2026-11-02",
    durable_objects: {
      bindings: Object.entries(objects).map(([name, class_name]) => ({
        name,
        class_name,
        script_name: "dormouse",
      })),
    },
  };
}
