import { Crowd } from "./crowd.ts";
import { among, type Entrant, medians, pace, ratio } from "./measure.ts";
import { dormouse, onesend, PEERS } from "./peers/contenders.ts";
import { quantile } from "./quantile.ts";
import type { Compared, Comparison, Figures, Scale } from "./row.ts";

const SOCKETS = 100;
const PUBLISHERS = 20;
const RATE = 20;
const SECONDS = 2;

/** A conversation: how long a message takes where there is nothing else to do. By turns, so that noise comes to all. */
export const rows: readonly Comparison[] = [
  { name: "quiet", about: `${SOCKETS} sockets in a room, ${RATE} messages a second`, compare: quiet },
];

type Turn = { entrant: Entrant; crowd: Crowd; rounds: Figures[]; latencies: number[] };

function quiet({ isFull }: Scale): Promise<Compared> {
  const contenders = isFull ? [dormouse, ...PEERS] : [dormouse, onesend];
  return among(contenders, async (entrants) => {
    const turns: Turn[] = [];
    for (const entrant of entrants) turns.push(await begun(entrant));
    for (let round = 0; round < (isFull ? 15 : 5); round++) {
      for (const { entrant, crowd, rounds, latencies } of turns) {
        rounds.push(await pace(entrant, crowd, RATE, SECONDS));
        for (const ms of crowd.latencies) latencies.push(ms);
      }
    }
    for (const { crowd } of turns) crowd.leave();
    const own = turns[0]?.rounds ?? [];
    return Object.fromEntries(turns.map((turn) => [turn.entrant.name, figuresOf(turn, own)]));
  });
}

async function begun(entrant: Entrant): Promise<Turn> {
  const { dialect, room } = entrant.service;
  const crowd = await Crowd.gather({
    dialect,
    room: room("quiet"),
    sockets: SOCKETS,
    publishers: PUBLISHERS,
    samples: SOCKETS,
  });
  // What is compiled on first use is not to be measured.
  await crowd.publishAt(100, 1);
  await crowd.settled();
  return { entrant, crowd, rounds: [], latencies: [] };
}

function figuresOf({ entrant, rounds, latencies }: Turn, own: readonly Figures[]): Figures {
  return {
    sockets: SOCKETS,
    ...medians(rounds),
    "p50, ms": quantile(latencies, 0.5),
    "p99, ms": quantile(latencies, 0.99),
    ...(entrant.name === "dormouse" ? {} : { "Dormouse's p50, times": ratio("p50, ms", own, rounds) }),
  };
}
