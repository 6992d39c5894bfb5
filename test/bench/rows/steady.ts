import { usageOf } from "../../support/process-usage.ts";
import { RoomLoad } from "../load/room-load.ts";
import { rowsOf } from "../log-rows.ts";
import { dormouse } from "../peers/contenders.ts";
import { quantile } from "../quantile.ts";
import type { Figures, Row } from "./row.ts";

const SOCKETS = 500;
const PUBLISHERS = 20;
const SECONDS = 10;
const RATE = 1000;

/** Latency, CPU, memory and log rows at a fixed rate. */
export const rows: readonly Row[] = [
  {
    name: "steady",
    about: `${SOCKETS} sockets in a room, ${RATE} messages a second, ${SECONDS} s`,
    run: steady,
  },
];

async function steady(): Promise<Figures> {
  const service = await dormouse.start();
  try {
    const { protocol } = service;
    const room = service.room("bench");
    const load = await RoomLoad.open({ protocol, room, sockets: SOCKETS, publishers: PUBLISHERS });
    const before = usageOf(service.pid);
    const ownBefore = process.cpuUsage();
    const start = performance.now();
    await load.publishAt(RATE, SECONDS);
    await load.settled();
    const seconds = (performance.now() - start) / 1000;
    const own = process.cpuUsage(ownBefore);
    const after = usageOf(service.pid);
    load.leave();
    await service.kill();
    const { published: messages, latencies, transcript, ackPercent } = load;
    const logRows = rowsOf(service.storage, messages);
    const deliveries = messages * SOCKETS;
    return {
      sockets: SOCKETS,
      seconds,
      messages,
      deliveries,
      "deliveries/s": deliveries / seconds,
      "messages/s": messages / seconds,
      "frames/socket": transcript.deliveries.length,
      "acknowledgements/frame, %": ackPercent,
      "messages/frame": messages / transcript.deliveries.length,
      "log rows": logRows,
      "log rows/message": logRows / messages,
      "bytes/message": transcript.length / messages,
      "latency p50, ms": quantile(latencies, 0.5),
      "latency p99, ms": quantile(latencies, 0.99),
      "workerd RSS before, MB": before.rssMB,
      "workerd RSS after, MB": after.rssMB,
      "workerd CPU, %": (100 * (after.cpuSeconds - before.cpuSeconds)) / seconds,
      "workerd CPU, us/delivery": (1e6 * (after.cpuSeconds - before.cpuSeconds)) / deliveries,
      // Near 100 the load generator is the bottleneck.
      "bench CPU, %": (own.user + own.system) / 10_000 / seconds,
    };
  } finally {
    await service.stop();
  }
}
