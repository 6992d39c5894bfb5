import { setTimeout as sleep } from "node:timers/promises";
import { openPaused, upgradeRequest } from "../support/handshake.ts";
import { usageOf } from "../support/process-usage.ts";
import { Crowd } from "./crowd.ts";
import { dormouse } from "./peers/contenders.ts";
import type { Figures, Row, Scale } from "./row.ts";

const READERS = 99;
const PUBLISHERS = 20;
/** Seconds until the heap has its usual size. */
const WARM_UP = 10;
const SECONDS = { short: 20, full: 30 } as const;
const LOOK_MS = 100;

/** A room at full load, without and then with a socket that has stopped reading. */
export const rows: readonly Row[] = [
  {
    name: "paused",
    about: `${READERS} readers at full load, without and with one beside them that has stopped reading`,
    run: paused,
  },
];

/** One room for both, so that the second time all is as it was but for the one that does not read. */
async function paused({ isFull }: Scale): Promise<Figures> {
  const seconds = isFull ? SECONDS.full : SECONDS.short;
  const service = await dormouse.start();
  try {
    const { dialect, pid } = service;
    const room = service.room("bench");
    const crowd = await Crowd.gather({ dialect, room, sockets: READERS, publishers: PUBLISHERS });
    await atFullLoad(crowd, pid, WARM_UP);
    const without = await atFullLoad(crowd, pid, seconds);
    const stopped = await openPaused(
      new URL(room),
      upgradeRequest(new URL(room), { subprotocol: "dormouse.v1" }),
    );
    const beside = await atFullLoad(crowd, pid, seconds);
    if (stopped.destroyed) throw new Error("The socket that does not read was closed.");
    stopped.destroy();
    crowd.leave();
    return {
      sockets: READERS + 1,
      seconds,
      "messages/s without": without.rate,
      "messages/s": beside.rate,
      "throughput, times": beside.rate / without.rate,
      "sent to each meanwhile, MB": beside.megabytes,
      "most memory without, MB": without.mostMB,
      "most memory, MB": beside.mostMB,
      "growth, MB": beside.mostMB - without.mostMB,
    };
  } finally {
    await service.stop();
  }
}

type Load = { rate: number; megabytes: number; mostMB: number };

/** All readers must get every message, in order. */
async function atFullLoad(crowd: Crowd, pid: number, seconds: number): Promise<Load> {
  const before = { messages: crowd.published, bytes: crowd.transcript.length };
  const start = performance.now();
  const end = start + seconds * 1000;
  let mostMB = 0;
  crowd.keepAhead(dormouse.depth);
  while (performance.now() < end) {
    await sleep(LOOK_MS);
    crowd.check();
    mostMB = Math.max(mostMB, usageOf(pid).rssMB);
  }
  crowd.keepAhead(0);
  await crowd.settled();
  return {
    rate: (crowd.published - before.messages) / ((performance.now() - start) / 1000),
    megabytes: (crowd.transcript.length - before.bytes) / 1e6,
    mostMB,
  };
}
