import { usageOf } from "../../support/process-usage.ts";
import { RoomLoad } from "../load/room-load.ts";
import { rowsOf } from "../log-rows.ts";
import { dormouse } from "../peers/contenders.ts";
import { quantile } from "../quantile.ts";
import type { Figures, Row } from "./row.ts";

/** The rooms of the examples in docs/COSTS.md, at their message rate or a little above. */
const EXAMPLES = [
  { name: "chat", sockets: 50, publishers: 50, rate: 5, seconds: 10 },
  { name: "fleet", sockets: 101, publishers: 100, rate: 2, seconds: 15 },
  // One `workerd` has not enough file descriptors for all 5,000 viewers.
  { name: "event", sockets: 4500, publishers: 20, rate: 10, seconds: 10 },
] as const;

export const rows: readonly Row[] = [
  {
    name: "costs",
    about: EXAMPLES.map(
      ({ name, sockets, rate }) => `${name}: ${sockets} sockets, ${rate} messages a second`,
    ).join("; "),
    isLong: true,
    run: costs,
  },
];

async function costs(): Promise<Figures> {
  const figures: Figures = {};
  for (const { name, ...example } of EXAMPLES) {
    for (const [figure, value] of Object.entries(await count(example))) figures[`${name}, ${figure}`] = value;
  }
  return figures;
}

type Example = { sockets: number; publishers: number; rate: number; seconds: number };

async function count({ sockets, publishers, rate, seconds }: Example): Promise<Figures> {
  const service = await dormouse.start();
  try {
    const { protocol } = service;
    const load = await RoomLoad.open({ protocol, room: service.room("bench"), sockets, publishers });
    // The warm-up compiles code that runs for the first time.
    await load.publishAt(rate, 2);
    await load.settled();
    load.latencies = [];
    const warm = load.published;
    const before = usageOf(service.pid);
    await load.publishAt(rate, seconds);
    await load.settled();
    const after = usageOf(service.pid);
    const { published, latencies } = load;
    load.leave();
    await service.kill();
    const cpu = 1000 * (after.cpuSeconds - before.cpuSeconds);
    return {
      sockets,
      "messages/s": rate,
      "log rows/message": rowsOf(service.storage, published) / published,
      "workerd CPU, ms/message": cpu / (published - warm),
      "workerd CPU, us/delivery": (1000 * cpu) / (published - warm) / sockets,
      "latency p50, ms": quantile(latencies, 0.5),
    };
  } finally {
    await service.stop();
  }
}
