import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { HostError } from "./host-error.ts";
import { authorityOf, type Environment, type Options } from "./options.ts";
import { NAMES } from "./workerd-config.ts";

/** A running workerd. */
export type Workerd = {
  /** The port that it listens on, once it does. @throws HostError where it cannot start */
  listens: Promise<number>;
  /** Resolves when the process is gone. */
  gone: Promise<void>;
  /** Why it ended by itself, as a sentence. */
  whyGone(): string;
  /** Ends it: it finishes what it answers, and is killed after a while or by a second call. */
  stop(): void;
};

export type Launch = Pick<Options, "host" | "port"> & {
  config: string;
  /** Where the scripts and the site are. */
  folder: string;
  rooms: string;
  /** The environment of the process, from which the configuration takes the settings. */
  env: Environment;
};

/** How long a stop waits for answers. Open sockets do not end by themselves; all that was acknowledged is on disk. */
const STOP_MS = 3000;
const OUTPUT_CHARS = 8192;

export function launchWorkerd({ host, port, config, folder, rooms, env }: Launch): Workerd {
  const args = [
    ...["serve", config, "--experimental", "--control-fd=3", `--import-path=${folder}`],
    `--directory-path=${NAMES.rooms}=${rooms}`,
    `--socket-addr=${NAMES.socket}=${authorityOf(host, port)}`,
  ];
  // A group of its own, because Ctrl-C in a terminal signals a whole group.
  const child = spawn(binary(), args, { env, detached: true, stdio: ["ignore", "inherit", "pipe", "pipe"] });
  child.on("error", () => {});
  const watchdog = watch(child);
  const gone = new Promise<void>((resolve) => child.once("close", resolve)).then(() => {
    watchdog?.kill("SIGKILL");
  });
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    errors = (errors + chunk).slice(-OUTPUT_CHARS);
  });
  const listens = Promise.race([portOf(child), gone]).then((listening) => {
    if (listening === undefined) throw new HostError(whyNot(errors, host, port));
    process.stderr.write(errors);
    child.stderr?.pipe(process.stderr, { end: false });
    return listening;
  });
  let isStopping = false;
  const stop = () => {
    child.kill(isStopping ? "SIGKILL" : "SIGTERM");
    if (!isStopping) setTimeout(() => child.kill("SIGKILL"), STOP_MS).unref();
    isStopping = true;
  };
  return { listens, gone, stop, whyGone: () => whyGone(errors) };
}

/** The binary itself. The npm command is a script around it, which would not pass signals on. */
function binary(): string {
  try {
    return createRequire(import.meta.url)("workerd").default;
  } catch {
    throw new HostError("The package workerd is missing. Run npm install where this folder is.");
  }
}

/** Kills workerd when this process ends in a way that it cannot handle, such as SIGKILL. The pipe closes then. */
function watch({ pid }: ChildProcess): ChildProcess | undefined {
  if (pid === undefined) return undefined;
  const watchdog = spawn("/bin/sh", ["-c", 'cat; kill -KILL "$0"', String(pid)], {
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin" },
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watchdog.on("error", () => {});
  return watchdog;
}

/** The port, once workerd listens. It reports it on its control descriptor. */
async function portOf(child: ChildProcess): Promise<number | undefined> {
  for await (const line of createInterface(child.stdio[3] as Readable)) {
    const event: { event?: string; socket?: string; port?: number } = JSON.parse(line);
    if (event.event === "listen" && event.socket === NAMES.socket) return event.port;
  }
  await once(child, "close");
  return undefined;
}

/** The sentence about a process that ended by itself, from what it printed. */
export function whyGone(errors: string): string {
  return /accept\(\): too many open files/i.test(errors)
    ? "workerd ended, because this user may not open more files. A socket is one, and an active room has three. Raise the limit (ulimit -n, LimitNOFILE), or limit connections in the proxy."
    : "workerd ended by itself. Its last lines above say why.";
}

/** Turns what workerd printed into a sentence. */
function whyNot(errors: string, host: string, port: number): string {
  const at = authorityOf(host, port);
  if (/address already in use/i.test(errors)) {
    return `Another program listens on ${at}. Stop it, or set PORT to another port.`;
  }
  if (/permission denied/i.test(errors))
    return `This user may not listen on ${at}. Set PORT to one above 1023.`;
  if (/cannot assign|can't assign|DNS lookup failed/i.test(errors)) {
    return `HOST is ${host}, which is not an address of this machine. Set it to one, such as 127.0.0.1.`;
  }
  return `workerd did not start: ${errors.trim() || "it printed nothing"}`;
}
