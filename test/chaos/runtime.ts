import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { unstable_readConfig as readConfig } from "wrangler";

/** What is asked of wrangler.toml, as wrangler reads it. */
type Config = {
  main: string;
  compatibility_date: string;
  compatibility_flags: string[];
  durable_objects: { bindings: { name: string; class_name: string }[] };
  vars: Record<string, unknown>;
};

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** The binary itself: the command of that name may be a script around it, which would be killed in its place. */
const { default: WORKERD }: { default: string } = createRequire(import.meta.url)("workerd");
const FILES = { config: "config.capnp", service: "service.js", evictor: "evictor.js" } as const;

/** How a room's object leaves memory: with its sockets kept open, or closed. */
export type Eviction = "hibernate" | "close";

/** `absent`: it was not in memory; `restless`: something still held it there. */
export type Evicted = "evicted" | "absent" | "restless";

/** An object that is not at rest after this is not waited for; it may still go later. */
const REST_MS = 3000;

type Life = { child: ChildProcess; gone: Promise<unknown>; ports: Map<string, number> };

/** What the runtimes said on their error output, the end of it. */
class Output {
  text = "";

  add(text: string): void {
    this.text = (this.text + text).slice(-65_536);
  }
}

/**
 * The service in a bare runtime, with the evictor beside it. It can be killed and started again: on the same storage, and
 * at the same port.
 */
export class Runtime {
  readonly #directory: string;
  readonly #output: Output;
  #life: Life;
  readonly #killAtExit = () => {
    this.#life.child.kill("SIGKILL");
    rmSync(this.#directory, { recursive: true, force: true });
  };

  private constructor(directory: string, output: Output, life: Life) {
    this.#directory = directory;
    this.#output = output;
    this.#life = life;
    process.once("exit", this.#killAtExit);
  }

  /** @param vars settings that replace those of wrangler.toml */
  static async start(vars: Record<string, string>): Promise<Runtime> {
    const directory = await mkdtemp(join(tmpdir(), "dormouse-chaos-"));
    try {
      const config: Config = readConfig({ config: join(ROOT, "wrangler.toml") });
      await writeFile(join(directory, FILES.service), await bundle(config.main));
      await writeFile(join(directory, FILES.evictor), await bundle(join(ROOT, "test/chaos/evictor.ts")));
      await writeFile(join(directory, FILES.config), configText(config, vars, directory));
      const output = new Output();
      return new Runtime(directory, output, await begin(directory, 0, output));
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  get port(): number {
    return portOf(this.#life, "service");
  }

  /** The end of what was said on its error output, in all its lives. */
  get output(): string {
    return this.#output.text;
  }

  /** SIGKILL, and a new start `downMs` after the process is gone, at the same port if nobody took it meanwhile. */
  async restart(downMs: number): Promise<void> {
    const { port } = this;
    await this.#kill();
    await sleep(downMs);
    this.#life = await begin(this.#directory, port, this.#output).catch(() =>
      begin(this.#directory, 0, this.#output),
    );
  }

  /** Puts a room's object out of memory, as soon as it is at rest. */
  async evict(room: string, eviction: Eviction): Promise<Evicted> {
    const port = portOf(this.#life, "evictor");
    const answer = fetch(`http://127.0.0.1:${port}/${encodeURIComponent(room)}/${eviction}`).then(
      ({ ok }): Evicted => (ok ? "evicted" : "absent"),
      // The runtime was killed meanwhile.
      (): Evicted => "absent",
    );
    return Promise.race([answer, sleep(REST_MS, "restless" as const)]);
  }

  async stop(): Promise<void> {
    await this.#kill();
    process.off("exit", this.#killAtExit);
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #kill(): Promise<void> {
    this.#life.child.kill("SIGKILL");
    await this.#life.gone;
  }
}

function portOf({ ports }: Life, socket: string): number {
  const port = ports.get(socket);
  if (port === undefined) throw new Error(`The runtime does not listen for the ${socket}.`);
  return port;
}

/** Starts the runtime, and waits until it takes connections: it says so on its control descriptor. */
async function begin(directory: string, port: number, output: Output): Promise<Life> {
  const address = `--socket-addr=service=127.0.0.1:${port}`;
  const args = ["serve", join(directory, FILES.config), "--experimental", "--control-fd=3", address];
  const child = spawn(WORKERD, args, { stdio: ["ignore", "ignore", "pipe", "pipe"] });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => output.add(text));
  const ports = new Map<string, number>();
  for await (const line of createInterface(child.stdio[3] as Readable)) {
    const event: { event: string; socket: string; port: number } = JSON.parse(line);
    if (event.event === "listen") ports.set(event.socket, event.port);
    if (ports.size === 2) return { child, gone: once(child, "close"), ports };
  }
  throw new Error(`workerd did not start:\n${output.text}`);
}

/** One module, bundled as a deploy would. */
async function bundle(main: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [main],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "workerd:*"],
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

function configText(config: Config, vars: Record<string, string>, directory: string): string {
  const { compatibility_date, compatibility_flags, durable_objects } = config;
  const { bindings } = durable_objects;
  const settings = Object.entries({ ...config.vars, ...vars });
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "service", worker = .service),
    (name = "evictor", worker = .evictor),
    (name = "storage", disk = (path = ${text(directory)}, writable = true)),
  ],
  sockets = [
    (name = "service", address = "127.0.0.1:0", http = (), service = "service"),
    (name = "evictor", address = "127.0.0.1:0", http = (), service = "evictor"),
  ],
);
const service :Workerd.Worker = (
  modules = [(name = "service", esModule = embed "${FILES.service}")],
  compatibilityDate = ${text(compatibility_date)},
  compatibilityFlags = [${compatibility_flags.map(text).join(", ")}],
  bindings = [
    ${bindings.map((each) => `(name = ${text(each.name)}, durableObjectNamespace = ${text(each.class_name)})`).join(", ")},
    ${settings.map(([name, value]) => `(name = ${text(name)}, json = ${text(JSON.stringify(value))})`).join(", ")}
  ],
  durableObjectNamespaces = [
    ${bindings.map(({ class_name }) => `(className = ${text(class_name)}, uniqueKey = ${text(class_name)}, enableSql = true)`).join(", ")}
  ],
  durableObjectStorage = (localDisk = "storage"),
);
const evictor :Workerd.Worker = (
  modules = [(name = "evictor", esModule = embed "${FILES.evictor}")],
  compatibilityDate = ${text(compatibility_date)},
  compatibilityFlags = ["unsafe_module"],
  bindings = [(name = "ROOMS", durableObjectNamespace = (className = "Room", serviceName = "service"))],
);
`;
}

/** Text of Cap'n Proto, whose escapes are those of JSON wherever a setting could need one. */
function text(value: string): string {
  return JSON.stringify(value);
}
