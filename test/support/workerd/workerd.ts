import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { removeTemporary, temporaryDirectory } from "../temporary.ts";
import { type Bundle, bundleModule, serviceBundle } from "./bundle.ts";
import { configText } from "./config.ts";

/** The service in a bare workerd, with no proxy or tool around it, so that a test can load, kill and restart it. */
export type Workerd = {
  /** `http://…`, without a slash at the end. */
  url: string;
  port: number;
  /** The port of the evictor, if `evictor` was set. See evictor.ts. */
  evictorPort: number | undefined;
  pid: number;
  /** Where the rooms are stored: `<storage>/<class>/<id>.sqlite`. */
  storage: string;
  /** The WebSocket URL of a room. `query` starts with `?`. */
  room(name: string, query?: string): string;
  /** The end of what workerd printed. */
  output(): string;
  /** Sends SIGKILL before it returns, and resolves when the process is gone. The storage stays. */
  kill(): Promise<void>;
  /** Kills the process, if it runs, and starts another on the same storage, by default at the same port. */
  restart(changes?: Pick<WorkerdOptions, "vars" | "port">): Promise<Workerd>;
  /** Kills the process, if it runs, and removes the storage. */
  stop(): Promise<void>;
};

export type WorkerdOptions = {
  /** Settings that replace those of wrangler.toml. */
  vars?: Record<string, string>;
  /** The service's port. By default a free one. */
  port?: number;
  /** Whether the service may call private and local addresses, such as a webhook receiver's. */
  reachesLocal?: boolean;
  /** Whether to run the evictor beside the service. */
  evictor?: boolean;
  /** Further arguments of `workerd serve`. */
  args?: readonly string[];
  /** The Worker to run. By default the service. */
  bundle?: Promise<Bundle>;
};

/** The binary itself. The npm command is a script around it, and SIGKILL would hit only that script. */
const { default: WORKERD }: { default: string } = createRequire(import.meta.url)("workerd");
const OUTPUT_CHARS = 65_536;

/** Processes to kill if this process ends before its tests do. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
// By default these signals end a process without an `exit` event.
for (const [signal, number] of [
  ["SIGINT", 2],
  ["SIGTERM", 15],
] as const) {
  process.once(signal, () => process.exit(128 + number));
}

export async function startWorkerd(options: WorkerdOptions = {}): Promise<Workerd> {
  const storage = await temporaryDirectory();
  try {
    return await start(storage, options);
  } catch (error) {
    await removeTemporary(storage);
    throw error;
  }
}

async function start(storage: string, options: WorkerdOptions): Promise<Workerd> {
  const child = await launch(storage, options);
  running.add(child);
  const gone = once(child, "close").then(() => void running.delete(child));
  const output = collectOutput(child);
  const sockets = options.evictor === true ? ["service", "evictor"] : ["service"];
  const ports = await Promise.race([portsOf(child, sockets), gone]);
  const port = ports?.get("service");
  if (port === undefined || child.pid === undefined) throw new Error(`workerd did not start:\n${output()}`);
  const kill = () => {
    child.kill("SIGKILL");
    return gone;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    evictorPort: ports?.get("evictor"),
    pid: child.pid,
    storage,
    room: (name, query = "") => `ws://127.0.0.1:${port}/v1/rooms/${encodeURIComponent(name)}${query}`,
    output,
    kill,
    restart: async (changes) => {
      await kill();
      return start(storage, { ...options, port, ...changes });
    },
    // SIGTERM would wait until the open sockets end. Committed data is on disk either way.
    stop: async () => {
      await kill();
      await removeTemporary(storage);
    },
  };
}

async function launch(storage: string, options: WorkerdOptions): Promise<ChildProcess> {
  const { vars, port = 0, reachesLocal = false, args = [] } = options;
  const { config, modules } = await (options.bundle ?? serviceBundle());
  const evictor = options.evictor === true ? "evictor.js" : undefined;
  const directory = await temporaryDirectory();
  for (const { name, source } of modules) await writeFile(join(directory, name), source);
  if (evictor !== undefined) {
    await writeFile(join(directory, evictor), await bundleModule(join(import.meta.dirname, "evictor.ts")));
  }
  const file = join(directory, "config.capnp");
  const merged = { ...config, vars: { ...config.vars, ...vars } };
  const names = modules.map(({ name }) => name);
  await writeFile(file, configText(merged, names, { port, storage, reachesLocal, evictor }));
  // workerd marks storage on disk as experimental.
  const command = ["serve", file, "--experimental", "--control-fd=3", ...args];
  const child = spawn(WORKERD, command, { stdio: ["ignore", "pipe", "pipe", "pipe"] });
  child.once("close", () => void removeTemporary(directory));
  return child;
}

/** The ports of these sockets, once workerd listens on all of them. It reports each on its control descriptor. */
async function portsOf(
  child: ChildProcess,
  sockets: readonly string[],
): Promise<Map<string, number> | undefined> {
  const ports = new Map<string, number>();
  for await (const line of createInterface(child.stdio[3] as Readable)) {
    const event: { event?: string; socket: string; port: number } = JSON.parse(line);
    if (event.event === "listen") ports.set(event.socket, event.port);
    if (ports.size === sockets.length) return ports;
  }
  return undefined;
}

function collectOutput({ stdout, stderr }: ChildProcess): () => string {
  let text = "";
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(-OUTPUT_CHARS);
    });
  }
  return () => text;
}
