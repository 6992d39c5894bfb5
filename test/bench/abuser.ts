/**
 * One address that takes as much of a room as it is given: `fork("abuser.ts", [url, room, kind])`, until it is killed. It says
 * "begun" once it has begun, and what it got when it is asked by any message.
 */
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";

const [url = "", room = "", kind = ""] = process.argv.slice(2);
const address = `${url}/v1/rooms/${room}`;

/** Requests a second, as the fault reports had them. */
const RATES: Record<string, number> = { tags: 184, pages: 50, replays: 30, signals: 50 };

let answered = 0;
let refused = 0;
process.on("message", () => process.send?.({ answered, refused }));

const ACTS: Record<string, () => void> = {
  tags: () => void get(`${address}/messages?limit=1000`, { "if-none-match": "*" }),
  pages: () => void get(`${address}/messages?limit=1000`),
  replays: () => {
    const socket = new WebSocket(`${address.replace("http", "ws")}?history=5000`, {
      perMessageDeflate: false,
    });
    socket.on("open", () => {
      answered++;
      setTimeout(() => socket.terminate(), 500);
    });
    socket.on("error", () => refused++);
  },
  signals: () => signaller?.send(JSON.stringify({ type: "signal", data: "x".repeat(200), to: named })),
};

/** Members that each signal names. */
const named: string[] = JSON.parse(process.env.NAMED ?? "[]");
const signaller =
  kind === "signals" ? new WebSocket(address.replace("http", "ws"), ["dormouse.v1"]) : undefined;
if (signaller !== undefined) await new Promise((resolve) => signaller.once("open", resolve));

process.send?.("begun");
const start = performance.now();
for (let acts = 0; ; acts++) {
  await sleep(Math.max(0, start + (acts * 1000) / (RATES[kind] ?? 1) - performance.now()));
  ACTS[kind]?.();
}

async function get(target: string, headers: Record<string, string> = {}): Promise<void> {
  try {
    const response = await fetch(target, { headers });
    await response.arrayBuffer();
    if (response.status === 429) refused++;
    else answered++;
  } catch {
    refused++;
  }
}
