import WebSocket from "ws";
import { usageOf } from "../../support/process-usage.ts";
import { TestSocket } from "../../support/socket.ts";
import { startWorkerd, type Workerd } from "../../support/workerd/workerd.ts";
import type { Figures, Row } from "./row.ts";

const CLIENTS = 1000;
const BEHIND = 1000;
const PAYLOAD = "x".repeat(64);

/** Messages per flush while the clients were away: a busy room, and a sparse one. */
const PER_FLUSH = { storm: 20, "storm, sparse": 1 } as const;

/** Time and memory when many clients resume at once. */
export const rows: readonly Row[] = Object.entries(PER_FLUSH).map(([name, perFlush]) => ({
  name,
  about: `${CLIENTS} clients return at once, ${BEHIND} messages behind, ${perFlush} a flush`,
  isLong: perFlush === 1,
  run: () => storm(perFlush),
}));

async function storm(perFlush: number): Promise<Figures> {
  const service = await startWorkerd({ vars: { PUBLISH_RATE: "0" } });
  try {
    const { epoch, segments } = await publishHistory(service, perFlush);
    const before = usageOf(service.pid).rssMB;
    let peak = before;
    const meter = setInterval(() => {
      peak = Math.max(peak, usageOf(service.pid).rssMB);
    }, 50);
    const start = performance.now();
    const clients = Array.from({ length: CLIENTS }, () =>
      resumingClient(service.room("storm", `?cursor=${epoch}.0&features=marks`)),
    );
    await Promise.all(clients.map(({ complete }) => complete));
    const seconds = (performance.now() - start) / 1000;
    clearInterval(meter);
    for (const { socket } of clients) socket.terminate();
    return {
      clients: CLIENTS,
      messages: CLIENTS * BEHIND,
      frames: CLIENTS * segments,
      "all complete after, s": seconds,
      "workerd RSS before, MB": before,
      "workerd RSS at most, MB": peak,
    };
  } finally {
    await service.stop();
  }
}

/** Publishes the messages that the clients missed. */
async function publishHistory(
  service: Workerd,
  perFlush: number,
): Promise<{ epoch: string; segments: number }> {
  const publisher = await TestSocket.open(service.room("storm"), "dormouse.v1");
  const { epoch } = await publisher.until("welcome");
  let segments = 0;
  for (let sent = 0, last = 0; last < BEHIND; segments++) {
    while (sent < BEHIND && sent < last + perFlush) {
      publisher.send({ type: "publish", id: `m${sent++}`, data: PAYLOAD });
    }
    const frame = await publisher.until("messages");
    last = Number(frame.first) + (Array.isArray(frame.messages) ? frame.messages.length : 0) - 1;
  }
  publisher.ws.terminate();
  return { epoch: String(epoch), segments };
}

/** Resumes a client. `complete` resolves when it has every message in order. */
function resumingClient(address: string): { socket: WebSocket; complete: Promise<void> } {
  const socket = new WebSocket(address, "dormouse.v1", { perMessageDeflate: false });
  const complete = new Promise<void>((resolve, reject) => {
    let next = 1;
    socket.on("error", reject);
    socket.on("close", (code) => reject(new Error(`Closed with ${code} at ${next}.`)));
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      const mark = /^{"type":"mark","mark":"([^"]+)"/.exec(text)?.[1];
      if (mark !== undefined) socket.send(JSON.stringify({ type: "received", seq: next - 1, mark }));
      const first = /^{"type":"messages","first":(\d+)/.exec(text)?.[1];
      if (first === undefined) return;
      if (Number(first) !== next) reject(new Error(`Expected ${next}, not ${first}.`));
      next += text.split(`"data":"${PAYLOAD}"`).length - 1;
      if (next > BEHIND) resolve();
    });
  });
  return { socket, complete };
}
