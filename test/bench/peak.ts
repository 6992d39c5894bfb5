import { Crowd } from "./crowd.ts";
import { among, type Entrant, flow, medians, pace, ratio } from "./measure.ts";
import type { Contender } from "./peers/contender.ts";
import { dormouse, PEERS, unlogged } from "./peers/contenders.ts";
import type { Compared, Comparison, Figures, Scale } from "./row.ts";

const SOCKETS = 500;
const PUBLISHERS = 20;

/** Rooms full of sockets, and as many messages as each service takes. */
export const rows: readonly Comparison[] = [
  {
    name: "peak",
    about: `${SOCKETS} sockets in a room, as many messages as it takes; then half as many`,
    compare: peak,
  },
  {
    name: "durable",
    about: `${SOCKETS} sockets in a room, as many messages as it takes, with and without the log`,
    compare: ({ isFull }) => byTurns([dormouse, unlogged], SOCKETS, isFull ? 9 : 5, isFull ? 4 : 2),
  },
  { name: "sizes", about: "rooms of other sizes, as many messages as they take", compare: sizes },
];

async function peak({ isFull }: Scale): Promise<Compared> {
  return byTurns(
    [dormouse, ...PEERS],
    SOCKETS,
    isFull ? 5 : 3,
    isFull ? 5 : 2,
    async (entrant, crowd, figures) => {
      const rate = Math.round((figures["deliveries/s"] ?? 0) / crowd.size / 2);
      const { "p50, ms": p50 = 0, "p99, ms": p99 = 0 } = await pace(entrant, crowd, rate, isFull ? 10 : 3);
      return { "at half of it, p50, ms": p50, "at half of it, p99, ms": p99 };
    },
  );
}

async function sizes({ isFull }: Scale): Promise<Compared> {
  const compared: Compared = {};
  for (const sockets of isFull ? [100, 1000, 2000] : [100, 1000]) {
    const some = await byTurns(
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

type Further = (entrant: Entrant, crowd: Crowd, figures: Figures) => Promise<Figures>;

/** All of them run, and are loaded by turns, in so many rounds. The first is compared with each of the others. */
function byTurns(
  contenders: readonly Contender[],
  sockets: number,
  rounds: number,
  seconds: number,
  further: Further = async () => ({}),
): Promise<Compared> {
  return among(contenders, async (entrants) => {
    const crowds: Crowd[] = [];
    for (const { service } of entrants) {
      const { dialect } = service;
      crowds.push(
        await Crowd.gather({ dialect, room: service.room("bench"), sockets, publishers: PUBLISHERS }),
      );
    }
    const flows: Figures[][] = entrants.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, entrant] of entrants.entries()) {
        flows[i]?.push(await flow(entrant, crowds.slice(i, i + 1), seconds));
      }
    }
    const compared: Compared = {};
    for (const [i, entrant] of entrants.entries()) {
      const [all = [], crowd] = [flows[i], crowds[i]];
      if (crowd === undefined) continue;
      const figures = medians(all);
      const times =
        i === 0 ? {} : { "Dormouse's deliveries, times": ratio("deliveries/s", flows[0] ?? [], all) };
      compared[entrant.name] = { sockets, ...figures, ...(await further(entrant, crowd, figures)), ...times };
    }
    for (const crowd of crowds) crowd.leave();
    return compared;
  });
}
