import { fixedRate, medians, type RunningContender, ratio, withContenders } from "../load/measure.ts";
import { RoomLoad } from "../load/room-load.ts";
import { dormouse, onesend, PEERS } from "../peers/contenders.ts";
import { quantile } from "../quantile.ts";
import type { Compared, Comparison, Figures, Scale } from "./row.ts";

const SOCKETS = 100;
const PUBLISHERS = 20;
const RATE = 20;
const SECONDS = 2;

/** Latency at a low rate. The contenders take turns, so that all have the same noise. */
export const rows: readonly Comparison[] = [
  { name: "quiet", about: `${SOCKETS} sockets in a room, ${RATE} messages a second`, compare: quiet },
];

type Turn = { contender: RunningContender; load: RoomLoad; rounds: Figures[]; latencies: number[] };

function quiet({ isFull }: Scale): Promise<Compared> {
  const contenders = isFull ? [dormouse, ...PEERS] : [dormouse, onesend];
  return withContenders(contenders, async (running) => {
    const turns: Turn[] = [];
    for (const contender of running) turns.push(await warmedUp(contender));
    for (let round = 0; round < (isFull ? 15 : 5); round++) {
      for (const { contender, load, rounds, latencies } of turns) {
        rounds.push(await fixedRate(contender, load, RATE, SECONDS));
        for (const ms of load.latencies) latencies.push(ms);
      }
    }
    for (const { load } of turns) load.leave();
    const own = turns[0]?.rounds ?? [];
    return Object.fromEntries(turns.map((turn) => [turn.contender.name, figuresOf(turn, own)]));
  });
}

async function warmedUp(contender: RunningContender): Promise<Turn> {
  const { protocol, room } = contender.service;
  const load = await RoomLoad.open({
    protocol,
    room: room("quiet"),
    sockets: SOCKETS,
    publishers: PUBLISHERS,
    samples: SOCKETS,
  });
  // The warm-up compiles code that runs for the first time.
  await load.publishAt(100, 1);
  await load.settled();
  return { contender, load, rounds: [], latencies: [] };
}

function figuresOf({ contender, rounds, latencies }: Turn, own: readonly Figures[]): Figures {
  return {
    sockets: SOCKETS,
    ...medians(rounds),
    "p50, ms": quantile(latencies, 0.5),
    "p99, ms": quantile(latencies, 0.99),
    ...(contender.name === "dormouse" ? {} : { "Dormouse's p50, times": ratio("p50, ms", own, rounds) }),
  };
}
