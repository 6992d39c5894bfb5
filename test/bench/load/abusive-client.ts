/**
 * A client that requests as much as it can until it is killed: `fork("abusive-client.ts", [url, room, kind])`. It sends "started" to its
 * parent, and answers any message with the numbers of answered and refused requests.
 */
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";

const [url = "", room = "", kind = ""] = process.argv.slice(2);
const address = `${url}/v1/rooms/${room}`;

/** Requests per second. */
const RATES: Record<string, number> = { tags: 184, pages: 50, replays: 30, signals: 50 };

let answered = 0;
let refused = 0;
process.on("message", () => process.send?.({ answered, refused }));

const REQUESTS: Record<string, () => void> = {
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

/** The recipients of each signal. */
const named: string[] = JSON.parse(process.env.NAMED ?? "[]");
const signaller =
  kind === "signals" ? new WebSocket(address.replace("http", "ws"), ["dormouse.v1"]) : undefined;
if (signaller !== undefined) await new Promise((resolve) => signaller.once("open", resolve));

process.send?.("started");
const start = performance.now();
for (let requests = 0; ; requests++) {
  await sleep(Math.max(0, start + (requests * 1000) / (RATES[kind] ?? 1) - performance.now()));
  REQUESTS[kind]?.();
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
