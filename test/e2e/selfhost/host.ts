import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A service that runs without Cloudflare. */
export type Host = {
  /** `http://…`, without a slash at the end. */
  url: string;
  /** The WebSocket URL of a room. `query` starts with `?`. */
  room(name: string, query?: string): string;
  /** The process that was started. */
  child: ChildProcess;
  /** All that it printed. */
  output(): string;
  /** Sends a signal to the process that was started, and resolves with how it ended once all its processes closed their output. */
  end(signal: NodeJS.Signals): Promise<Ended>;
};

export type Ended = { code: number | null; signal: NodeJS.Signals | null; output: string };

/** @param id of the user that the command runs as */
export type Command = {
  command: readonly [string, ...string[]];
  cwd: string;
  env: Record<string, string>;
  uid?: number;
};

/** Runs a command that starts the service, and waits until it listens. */
export async function startHost(command: Command): Promise<Host> {
  const { child, output, ended } = launch(command);
  const url = await new Promise<string>((resolve, reject) => {
    const look = () => {
      const [, found] = /Dormouse listens on (\S+)/.exec(output()) ?? [];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on("data", look);
    ended.then(
      ({ code, signal }) => reject(new Error(`It ended with ${code ?? signal}:\n${output()}`)),
      reject,
    );
  });
  return {
    url,
    room: (name, query = "") => `${url.replace("http", "ws")}/v1/rooms/${encodeURIComponent(name)}${query}`,
    child,
    output,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs a command that ends by itself. */
export function runToEnd(command: Command): Promise<Ended> {
  return launch(command).ended;
}

/** Processes to kill if this process ends before its tests do. The watchdog of each kills what it started. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

function launch({ command: [program, ...args], cwd, env, uid }: Command) {
  const user = uid === undefined ? {} : { uid, gid: uid };
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], ...user });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const ended = once(child, "close").then(([code, signal]): Ended => {
    running.delete(child);
    return { code, signal, output };
  });
  return { child, output: () => output, ended };
}
