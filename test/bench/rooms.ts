import { Crowd } from "./crowd.ts";
import { among, flow } from "./measure.ts";
import { dormouse, PEERS } from "./peers/contenders.ts";
import type { Compared, Comparison, Scale } from "./row.ts";

const ROOMS = 100;
const SOCKETS = 10;
/** Messages on their way in each room: more would only wait, since all rooms share one disk. */
const DEPTH = 8;

/** Many small rooms in one process. */
export const rows: readonly Comparison[] = [
  {
    name: "rooms",
    about: `${ROOMS} rooms of ${SOCKETS} sockets, as many messages as they take`,
    compare: rooms,
  },
];

function rooms({ isFull }: Scale): Promise<Compared> {
  return among([dormouse, ...PEERS], async (entrants) => {
    const compared: Compared = {};
    for (const entrant of entrants) {
      const { dialect, room } = entrant.service;
      const crowds: Crowd[] = [];
      for (let i = 0; i < ROOMS; i++) {
        crowds.push(
          await Crowd.gather({ dialect, room: room(`room-${i}`), sockets: SOCKETS, publishers: 1 }),
        );
      }
      compared[entrant.name] = {
        rooms: ROOMS,
        sockets: ROOMS * SOCKETS,
        ...(await flow({ ...entrant, depth: DEPTH }, crowds, isFull ? 10 : 3)),
      };
      for (const crowd of crowds) crowd.leave();
    }
    const own = compared.dormouse?.["deliveries/s"] ?? Number.NaN;
    for (const { name } of PEERS) {
      const figures = compared[name];
      if (figures !== undefined)
        figures["Dormouse's deliveries, times"] = own / (figures["deliveries/s"] ?? Number.NaN);
    }
    return compared;
  });
}
