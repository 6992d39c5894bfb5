import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { unstable_readConfig as readConfig } from "wrangler";

/** The service in a bare runtime: no proxy before it and no tool around it, so that it can be loaded, and killed. */
export type Workerd = {
  /** `http://…` without a slash at its end. */
  url: string;
  port: number;
  pid: number;
  /** Where the rooms are: `<storage>/<class>/<id>.sqlite`. */
  storage: string;
  /** `ws://…/v1/rooms/<room><query>`; the room is percent-encoded here. */
  room(name: string, query?: string): string;
  /** The end of what the runtime printed. */
  output(): string;
  /** SIGKILL, sent before this returns; resolves once the process is gone. Its storage stays. */
  kill(): Promise<void>;
  /** Kills it, if that was not done, and takes away the storage that it made for itself. */
  stop(): Promise<void>;
};

export type WorkerdOptions = {
  /** Settings that replace those of wrangler.toml. */
  vars?: Record<string, string>;
  /** The storage of an earlier start, whose rooms are found again; by default an empty one. */
  storage?: string;
  /** The port of an earlier start; by default a free one. */
  port?: number;
  /** Whether the service may call addresses of this machine, such as a webhook's; by default only public ones. */
  reachesLocal?: boolean;
  /** Further arguments of `workerd serve`. */
  args?: readonly string[];
  /** What is run; by default the service, as it would be deployed. */
  bundle?: Promise<Bundle>;
};

/** What is asked of wrangler.toml, as wrangler reads it. */
export type Config = {
  main: string;
  compatibility_date: string;
  compatibility_flags: string[];
  durable_objects: { bindings: { name: string; class_name: string }[] };
  vars: Record<string, unknown>;
};
export type Bundle = { config: Config; modules: { name: string; source: Buffer | string }[] };

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
/** The binary itself: the command of that name may be a script around it, which would be killed in its place. */
const { default: WORKERD }: { default: string } = createRequire(import.meta.url)("workerd");

/** What is left to undo, should this process end before its tests do. */
const running = new Set<ChildProcess>();
const owned = new Set<string>();
process.once("exit", undo);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    undo();
    process.kill(process.pid, signal);
  });
}

function undo(): void {
  for (const child of running) child.kill("SIGKILL");
  for (const directory of owned) rmSync(directory, { recursive: true, force: true });
}

let bundled: Promise<Bundle> | undefined;

/** The service, as it would be deployed: made once, for every start of this process. */
export function serviceBundle(): Promise<Bundle> {
  bundled ??= bundle();
  return bundled;
}

export async function startWorkerd(options: WorkerdOptions = {}): Promise<Workerd> {
  const { config, modules } = await (options.bundle ?? serviceBundle());
  const storage = options.storage ?? (await temporary());
  const setup = await temporary();
  try {
    const file = join(setup, "config.capnp");
    const names = modules.map(({ name }) => name);
    await writeFile(file, configText(config, names, storage, options));
    for (const { name, source } of modules) await writeFile(join(setup, name), source);
    // Storage on disk is marked experimental.
    const args = ["serve", file, "--experimental", "--control-fd=3", ...(options.args ?? [])];
    const child = spawn(WORKERD, args, { stdio: ["ignore", "pipe", "pipe", "pipe"] });
    return await started(child, storage, () => (options.storage === undefined ? remove(storage) : undefined));
  } finally {
    await remove(setup);
  }
}

async function started(child: ChildProcess, storage: string, cleanUp: () => unknown): Promise<Workerd> {
  running.add(child);
  const gone = once(child, "close").then(() => void running.delete(child));
  const output = collect(child);
  const port = await Promise.race([listening(child), gone]);
  if (port === undefined || child.pid === undefined) {
    await cleanUp();
    throw new Error(`workerd did not start:\n${output()}`);
  }
  const kill = () => {
    child.kill("SIGKILL");
    return gone;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid,
    storage,
    room: (name, query = "") => `ws://127.0.0.1:${port}/v1/rooms/${encodeURIComponent(name)}${query}`,
    output,
    kill,
    // Asked politely it would wait for open sockets to end; what matters is on disk either way.
    stop: async () => {
      await kill();
      await cleanUp();
    },
  };
}

/** The port, once the runtime takes connections: it says so on its control descriptor. */
async function listening(child: ChildProcess): Promise<number | undefined> {
  for await (const line of createInterface(child.stdio[3] as Readable)) {
    const event: { event?: string; port?: number } = JSON.parse(line);
    if (event.event === "listen") return event.port;
  }
  return undefined;
}

function collect({ stdout, stderr }: ChildProcess): () => string {
  let text = "";
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(-65_536);
    });
  }
  return () => text;
}

/** What `wrangler deploy` would upload. The page is left out. */
async function bundle(): Promise<Bundle> {
  const { build: _, assets: __, ...service } = readConfig({ config: join(ROOT, "wrangler.toml") });
  const config: Config = service;
  const directory = await temporary();
  try {
    const file = join(directory, "wrangler.json");
    await writeFile(file, JSON.stringify(config));
    const out = join(directory, "out");
    const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };
    const args = [WRANGLER, "deploy", "--dry-run", "--config", file, "--outdir", out];
    await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
    return { config, modules: await modulesOf(out, config) };
  } finally {
    await remove(directory);
  }
}

/** The scripts of a bundle, the one to start with first. */
async function modulesOf(directory: string, { main }: Config): Promise<Bundle["modules"]> {
  const first = `${basename(main, extname(main))}.js`;
  const files = (await readdir(directory)).filter((name) => name !== "README.md" && !name.endsWith(".map"));
  const names = [first, ...files.filter((name) => name !== first)];
  const other = names.find((name) => !name.endsWith(".js"));
  if (other !== undefined) throw new Error(`The bundle holds ${other}, which is no script: teach this file.`);
  return Promise.all(names.map(async (name) => ({ name, source: await readFile(join(directory, name)) })));
}

function configText(
  { compatibility_date, compatibility_flags, durable_objects, vars }: Config,
  modules: readonly string[],
  storage: string,
  { port = 0, vars: overrides = {}, reachesLocal = false }: WorkerdOptions,
): string {
  const reached = reachesLocal ? ["public", "private", "local"] : ["public"];
  const classes = durable_objects.bindings.map(({ class_name }) => class_name);
  const bindings = [
    ...durable_objects.bindings.map(
      ({ name, class_name }) => `(name = ${text(name)}, durableObjectNamespace = ${text(class_name)})`,
    ),
    ...Object.entries({ ...vars, ...overrides }).map(([name, value]) =>
      typeof value === "string"
        ? `(name = ${text(name)}, text = ${text(value)})`
        : `(name = ${text(name)}, json = ${text(JSON.stringify(value))})`,
    ),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "service", worker = .service),
    (name = "internet", network = (allow = [${reached.map(text).join(", ")}])),
    (name = "storage", disk = (path = ${text(storage)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "service")],
);
const service :Workerd.Worker = (
  modules = [${modules.map((name) => `(name = ${text(name)}, esModule = embed ${text(name)})`).join(", ")}],
  compatibilityDate = ${text(compatibility_date)},
  compatibilityFlags = [${compatibility_flags.map(text).join(", ")}],
  bindings = [${bindings.join(", ")}],
  durableObjectNamespaces = [
    ${classes.map((name) => `(className = ${text(name)}, uniqueKey = ${text(name)}, enableSql = true)`).join(", ")}
  ],
  durableObjectStorage = (localDisk = "storage"),
);
`;
}

/** Text of Cap'n Proto, whose escapes are those of JSON wherever a setting could need one. */
function text(value: string): string {
  return JSON.stringify(value);
}

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "dormouse-"));
  owned.add(directory);
  return directory;
}

async function remove(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  owned.delete(directory);
}
