import { setTimeout as sleep } from "node:timers/promises";
import { openPaused, upgradeRequest } from "../../support/handshake.ts";
import { usageOf } from "../../support/process-usage.ts";
import { RoomLoad } from "../load/room-load.ts";
import { dormouse } from "../peers/contenders.ts";
import type { Figures, Row, Scale } from "./row.ts";

const READERS = 99;
const PUBLISHERS = 20;
/** Seconds until the heap has its steady size. */
const WARM_UP = 10;
const SECONDS = { short: 20, full: 30 } as const;
const SAMPLE_MS = 100;

/** Throughput and memory at full load, without and with a socket that has stopped reading. */
export const rows: readonly Row[] = [
  {
    name: "paused",
    about: `${READERS} readers at full load, without and with one beside them that has stopped reading`,
    run: paused,
  },
];

/** Measures twice in one room, the second time with a paused socket. */
async function paused({ isFull }: Scale): Promise<Figures> {
  const seconds = isFull ? SECONDS.full : SECONDS.short;
  const service = await dormouse.start();
  try {
    const { protocol, pid } = service;
    const room = service.room("bench");
    const load = await RoomLoad.open({ protocol, room, sockets: READERS, publishers: PUBLISHERS });
    await atFullLoad(load, pid, WARM_UP);
    const without = await atFullLoad(load, pid, seconds);
    const stopped = await openPaused(
      new URL(room),
      upgradeRequest(new URL(room), { subprotocol: "dormouse.v1" }),
    );
    const beside = await atFullLoad(load, pid, seconds);
    if (stopped.destroyed) throw new Error("The room closed the paused socket.");
    stopped.destroy();
    load.leave();
    return {
      sockets: READERS + 1,
      seconds,
      "messages/s without": without.rate,
      "messages/s": beside.rate,
      "throughput, times": beside.rate / without.rate,
      "sent to each meanwhile, MB": beside.megabytes,
      "most memory without, MB": without.maxMB,
      "most memory, MB": beside.maxMB,
      "growth, MB": beside.maxMB - without.maxMB,
    };
  } finally {
    await service.stop();
  }
}

type Load = { rate: number; megabytes: number; maxMB: number };

/** Throws if a reader misses a message. */
async function atFullLoad(load: RoomLoad, pid: number, seconds: number): Promise<Load> {
  const before = { messages: load.published, bytes: load.transcript.length };
  const start = performance.now();
  const end = start + seconds * 1000;
  let maxMB = 0;
  load.setDepth(dormouse.depth);
  while (performance.now() < end) {
    await sleep(SAMPLE_MS);
    load.check();
    maxMB = Math.max(maxMB, usageOf(pid).rssMB);
  }
  load.setDepth(0);
  await load.settled();
  return {
    rate: (load.published - before.messages) / ((performance.now() - start) / 1000),
    megabytes: (load.transcript.length - before.bytes) / 1e6,
    maxMB,
  };
}
