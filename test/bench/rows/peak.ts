import {
  fixedRate,
  fullLoad,
  medians,
  type RunningContender,
  ratio,
  withContenders,
} from "../load/measure.ts";
import { RoomLoad } from "../load/room-load.ts";
import type { Contender } from "../peers/contender.ts";
import { dormouse, PEERS, unlogged } from "../peers/contenders.ts";
import type { Compared, Comparison, Figures, Scale } from "./row.ts";

const SOCKETS = 500;
const PUBLISHERS = 20;

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

type AfterLoad = (contender: RunningContender, load: RoomLoad, figures: Figures) => Promise<Figures>;

/** Runs all contenders, and loads them in turn in each round. The first is compared with each of the others. */
function interleaved(
  contenders: readonly Contender[],
  sockets: number,
  rounds: number,
  seconds: number,
  afterLoad: AfterLoad = async () => ({}),
): Promise<Compared> {
  return withContenders(contenders, async (running) => {
    const loads: RoomLoad[] = [];
    for (const { service } of running) {
      const { protocol } = service;
      loads.push(
        await RoomLoad.open({ protocol, room: service.room("bench"), sockets, publishers: PUBLISHERS }),
      );
    }
    const flows: Figures[][] = running.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, contender] of running.entries()) {
        flows[i]?.push(await fullLoad(contender, loads.slice(i, i + 1), seconds));
      }
    }
    const compared: Compared = {};
    for (const [i, contender] of running.entries()) {
      const [all = [], load] = [flows[i], loads[i]];
      if (load === undefined) continue;
      const figures = medians(all);
      const times =
        i === 0 ? {} : { "Dormouse's deliveries, times": ratio("deliveries/s", flows[0] ?? [], all) };
      compared[contender.name] = {
        sockets,
        ...figures,
        ...(await afterLoad(contender, load, figures)),
        ...times,
      };
    }
    for (const load of loads) load.leave();
    return compared;
  });
}
