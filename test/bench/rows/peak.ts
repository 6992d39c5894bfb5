import { fixedRate } from "../load/measure.ts";
import { dormouse, PEERS, unlogged } from "../peers/contenders.ts";
import { interleaved } from "./interleaved.ts";
import type { Compared, Comparison, Scale } from "./row.ts";

const SOCKETS = 500;

/** Throughput at full load. */
export const rows: readonly Comparison[] = [
  {
    name: "peak",
    about: `${SOCKETS} sockets in a room, as many messages as it takes; then half as many`,
    compare: peak,
  },
  {
    name: "durable",
    about: `${SOCKETS} sockets in a room, as many messages as it takes, with and without the log`,
    compare: ({ isFull }) => interleaved([dormouse, unlogged], SOCKETS, isFull ? 9 : 5, isFull ? 4 : 2),
  },
  { name: "sizes", about: "rooms of other sizes, as many messages as they take", compare: sizes },
];

async function peak({ isFull }: Scale): Promise<Compared> {
  return interleaved(
    [dormouse, ...PEERS],
    SOCKETS,
    isFull ? 5 : 3,
    isFull ? 5 : 2,
    async (contender, load, figures) => {
      const rate = Math.round((figures["deliveries/s"] ?? 0) / load.size / 2);
      const { "p50, ms": p50 = 0, "p99, ms": p99 = 0 } = await fixedRate(
        contender,
        load,
        rate,
        isFull ? 10 : 3,
      );
      return { "at half of it, p50, ms": p50, "at half of it, p99, ms": p99 };
    },
  );
}

async function sizes({ isFull }: Scale): Promise<Compared> {
  const compared: Compared = {};
  for (const sockets of isFull ? [100, 1000, 2000] : [100, 1000]) {
    const some = await interleaved(
      isFull ? [dormouse, ...PEERS] : [dormouse],
      sockets,
      isFull ? 3 : 1,
      isFull ? 5 : 3,
    );
    for (const { name } of [dormouse, ...PEERS]) {
      const figures = some[name];
      if (figures === undefined) continue;
      const { "deliveries/s": deliveries = 0, "bench CPU, %": cpu = 0 } = figures;
      compared[name] = {
        ...compared[name],
        [`${sockets} sockets, deliveries/s`]: deliveries,
        [`${sockets} sockets, bench CPU, %`]: cpu,
      };
    }
  }
  return compared;
}
