import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

/** A `wrangler dev` as a person starts it. */
export type Dev = {
  url: string;
  room(name: string, query?: string): string;
  /** All that it printed. */
  output(): string;
  stop(): Promise<void>;
};

const START_MS = 60_000;

const TRIES = 3;

/** Runs a command that ends in a `wrangler dev`, with free ports, and waits until it answers. */
/** @param health a path that answers once the Worker runs */
export async function startDev(command: string, args: readonly string[], health = "/healthz"): Promise<Dev> {
  for (let tries = 1; ; tries++) {
    try {
      return await startOnce(command, args, health);
    } catch (error) {
      // A port that was free may be taken by the time that it is bound.
      if (tries === TRIES || !String(error).includes("Address already in use")) throw error;
    }
  }
}

async function startOnce(command: string, args: readonly string[], health: string): Promise<Dev> {
  const port = await freePort();
  const ports = ["--port", String(port), "--inspector-port", String(await freePort())];
  const child = spawn(command, [...args, ...ports], {
    // A group of its own, so that all that it starts ends with it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" },
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const url = `http://localhost:${port}`;
  try {
    await answers(url + health, child);
  } catch (error) {
    await end(child);
    throw new Error(`${error}\n${output}`);
  }
  return {
    url,
    room: (name, query = "") => `ws://localhost:${port}/v1/rooms/${encodeURIComponent(name)}${query}`,
    output: () => output,
    stop: () => end(child),
  };
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + START_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}.`);
    const answer = await fetch(url).catch(() => undefined);
    // A Worker that refuses the path runs as well.
    if (answer !== undefined && answer.status < 500) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`No answer within ${START_MS} ms.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const gone = once(child, "exit");
  process.kill(-child.pid, "SIGTERM");
  await gone;
}

/** A port that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("No port.");
  return address.port;
}
