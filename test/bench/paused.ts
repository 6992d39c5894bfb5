import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { upgradeRequest } from "../support/handshake.ts";
import { Crowd } from "./crowd.ts";
import { usageOf } from "./meters.ts";
import { dormouse } from "./peers/contenders.ts";
import type { Figures, Row, Scale } from "./row.ts";

const READERS = 99;
const PUBLISHERS = 20;
const WARM_UP = 2;
const SECONDS = { short: 10, full: 30 } as const;

/** A room at full load, without and with a socket that has stopped reading. */
export const rows: readonly Row[] = [
  {
    name: "paused",
    about: `${READERS} readers at full load, with one beside them that has stopped reading, and without`,
    run: paused,
  },
];

async function paused({ isFull }: Scale): Promise<Figures> {
  const seconds = isFull ? SECONDS.full : SECONDS.short;
  const without = await load(seconds, false);
  const beside = await load(seconds, true);
  return {
    sockets: READERS + 1,
    seconds,
    messages: beside.messages,
    "messages/s without": without.messages / without.seconds,
    "messages/s": beside.messages / beside.seconds,
    "throughput, times": beside.messages / beside.seconds / (without.messages / without.seconds),
    "sent to each, MB": beside.bytes / 1e6,
    "RSS growth without, MB": without.grownMB,
    "RSS growth, MB": beside.grownMB,
    "growth by the paused, MB": beside.grownMB - without.grownMB,
  };
}

type Load = { messages: number; seconds: number; bytes: number; grownMB: number };

/** All readers must get every message, in order. */
async function load(seconds: number, withPaused: boolean): Promise<Load> {
  const service = await dormouse.start();
  try {
    const { dialect } = service;
    const room = service.room("bench");
    const stopped = withPaused ? await stopReading(new URL(room)) : undefined;
    const crowd = await Crowd.gather({ dialect, room, sockets: READERS, publishers: PUBLISHERS });
    // The heap has its usual size, and what the room makes anew for a while is made.
    await atFullLoad(crowd, WARM_UP);
    const warm = crowd.published;
    const before = usageOf(service.pid);
    const start = performance.now();
    await atFullLoad(crowd, seconds);
    const took = (performance.now() - start) / 1000;
    const after = usageOf(service.pid);
    if (stopped?.destroyed) throw new Error("The socket that does not read was closed.");
    stopped?.destroy();
    crowd.leave();
    return {
      messages: crowd.published - warm,
      seconds: took,
      bytes: crowd.transcript.length,
      grownMB: after.rssMB - before.rssMB,
    };
  } finally {
    await service.stop();
  }
}

async function atFullLoad(crowd: Crowd, seconds: number): Promise<void> {
  crowd.keepAhead(dormouse.depth);
  await sleep(seconds * 1000);
  crowd.check();
  crowd.keepAhead(0);
  await crowd.settled();
}

/** A socket that is let in, and from then on reads nothing. */
async function stopReading(url: URL) {
  const socket = connect({ host: url.hostname, port: Number(url.port) });
  socket.on("error", () => {});
  socket.write(upgradeRequest(url, "dormouse.v1"));
  await once(socket, "data");
  return socket.pause();
}
