import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

/** A running `wrangler dev`. */
export type WranglerDev = {
  url: string;
  room(name: string, query?: string): string;
  /** Everything that it printed. */
  output(): string;
  stop(): Promise<void>;
};

const START_TIMEOUT_MS = 60_000;

const MAX_ATTEMPTS = 3;

/** Runs a command that starts `wrangler dev`, with free ports, and waits until the service answers. */
export async function startWranglerDev(command: string, args: readonly string[]): Promise<WranglerDev> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(command, args);
    } catch (error) {
      // Another process may take a free port before wrangler binds it.
      if (attempt === MAX_ATTEMPTS || !String(error).includes("Address already in use")) throw error;
    }
  }
}

async function startOnce(command: string, args: readonly string[]): Promise<WranglerDev> {
  const port = await freePort();
  const ports = ["--port", String(port), "--inspector-port", String(await freePort())];
  const child = spawn(command, [...args, ...ports], {
    // A process group of its own, so that `stop` ends all its children.
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
    await waitForAnswer(url, child);
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

async function waitForAnswer(url: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`The command ended with exit code ${child.exitCode}.`);
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The service did not answer within ${START_TIMEOUT_MS} ms.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const gone = once(child, "exit");
  process.kill(-child.pid, "SIGTERM");
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("The system gave no port.");
  return address.port;
}
