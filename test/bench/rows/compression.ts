import type { Socket } from "node:net";
import WebSocket from "ws";
import { usageOf } from "../../support/process-usage.ts";
import { serviceBundle } from "../../support/workerd/bundle.ts";
import { startWorkerd } from "../../support/workerd/workerd.ts";
import { DORMOUSE, VARS } from "../peers/dormouse.ts";
import { quantile } from "../quantile.ts";
import type { Figures, Row, Scale } from "./row.ts";

const SOCKETS = 200;
const PUBLISHERS = 10;
const RATES = [20, 500] as const;
const SECONDS = { short: 4, full: 10 } as const;
/** Plausible text. Random bytes would not compress, and a repeated letter would compress too well. */
const WORDS =
  "the room is quiet but who is here can say hello to everybody and hear what they have to say".split(" ");
const WORDS_A_MESSAGE = 12;

/** The cost and savings of permessage-deflate (RFC 7692), which the service declines: it compresses each frame per socket. */
export const rows: readonly Row[] = [
  {
    name: "compression",
    about: `${SOCKETS} sockets of ws, ${RATES.join(" and ")} messages a second, with and without permessage-deflate`,
    isLong: true,
    run: compression,
  },
];

async function compression({ isFull }: Scale): Promise<Figures> {
  const figures: Figures = { sockets: SOCKETS };
  for (const rate of RATES) {
    for (const name of ["plain", "deflate"] as const) {
      const measured = await load(name === "deflate", rate, isFull ? SECONDS.full : SECONDS.short);
      for (const [figure, value] of Object.entries(measured))
        figures[`${rate}/s, ${name}, ${figure}`] = value;
    }
  }
  return figures;
}

async function load(isCompressed: boolean, rate: number, seconds: number): Promise<Figures> {
  const bundle = serviceBundle().then((service) => ({
    ...service,
    config: {
      ...service.config,
      compatibility_flags: isCompressed ? [] : service.config.compatibility_flags,
    },
  }));
  const service = await startWorkerd({ vars: VARS, bundle });
  const listeners: Listener[] = [];
  try {
    for (let i = 0; i < SOCKETS; i++)
      listeners.push(await Listener.open(service.room("bench", "?features=marks"), isCompressed));
    const before = { usage: usageOf(service.pid), bytes: sum(listeners, ({ bytes }) => bytes) };
    const published = await publish(listeners.slice(0, PUBLISHERS), rate, seconds);
    while (listeners.some(({ messages }) => messages < published)) await pause(10);
    const after = { usage: usageOf(service.pid), bytes: sum(listeners, ({ bytes }) => bytes) };
    const frames = sum(listeners, (listener) => listener.frames);
    return {
      "server CPU, us/frame": (1e6 * (after.usage.cpuSeconds - before.usage.cpuSeconds)) / frames,
      "bytes/frame": (after.bytes - before.bytes) / frames,
      "messages/frame": sum(listeners, (listener) => listener.messages) / frames,
      "p50, ms": quantile(
        listeners.flatMap(({ latencies }) => latencies),
        0.5,
      ),
      "workerd RSS, MB": after.usage.rssMB,
    };
  } finally {
    for (const { socket } of listeners) socket.terminate();
    await service.stop();
  }
}

/** Publishes at a rate per second. Returns the number of messages. */
async function publish(publishers: readonly Listener[], rate: number, seconds: number): Promise<number> {
  const start = performance.now();
  const all = rate * seconds;
  for (let sent = 0; sent < all; await pause(2)) {
    for (const due = Math.min(all, ((performance.now() - start) * rate) / 1000); sent < due; sent++) {
      const text = Array.from(
        { length: WORDS_A_MESSAGE },
        () => WORDS[Math.floor(Math.random() * WORDS.length)],
      );
      publishers[sent % publishers.length]?.publish(`m${sent}`, text.join(" "));
    }
  }
  return all;
}

class Listener {
  readonly socket: WebSocket;
  frames = 0;
  messages = 0;
  readonly latencies: number[] = [];
  readonly #sent = new Map<string, number>();
  #tcp: Socket | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("upgrade", (response) => {
      this.#tcp = response.socket;
    });
    socket.on("message", (frame) => this.#take(String(frame)));
  }

  /** Bytes over TCP, since `ws` returns decompressed data. */
  get bytes(): number {
    return this.#tcp?.bytesRead ?? 0;
  }

  static async open(url: string, isCompressed: boolean): Promise<Listener> {
    const socket = new WebSocket(url, ["dormouse.v1"], { perMessageDeflate: isCompressed });
    const listener = new Listener(socket);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    const isDeflating = socket.extensions.startsWith("permessage-deflate");
    if (isDeflating !== isCompressed) throw new Error(`The service answered with "${socket.extensions}".`);
    return listener;
  }

  publish(id: string, data: string): void {
    this.#sent.set(id, performance.now());
    this.socket.send(DORMOUSE.publish(id, data));
  }

  #take(text: string): void {
    if (text.startsWith('{"type":"mark"')) {
      const { mark }: { mark: string } = JSON.parse(text);
      this.socket.send(JSON.stringify({ type: "received", seq: 0, mark }));
      return;
    }
    if (!text.startsWith(DORMOUSE.messages)) return;
    const { messages } = DORMOUSE.read(text);
    this.frames++;
    this.messages += messages.length;
    for (const { id } of messages) {
      const then = this.#sent.get(id);
      if (then !== undefined) this.latencies.push(performance.now() - then);
    }
  }
}

function sum(listeners: readonly Listener[], of: (listener: Listener) => number): number {
  return listeners.reduce((total, listener) => total + of(listener), 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
