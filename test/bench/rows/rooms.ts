import { fullLoad, withContenders } from "../load/measure.ts";
import { RoomLoad } from "../load/room-load.ts";
import { dormouse, PEERS } from "../peers/contenders.ts";
import type { Compared, Comparison, Scale } from "./row.ts";

const ROOMS = 100;
const SOCKETS = 10;
/** Messages in flight in each room. More would only queue, since all rooms share one disk. */
const DEPTH = 8;

/** Throughput of many small rooms in one process. */
export const rows: readonly Comparison[] = [
  {
    name: "rooms",
    about: `${ROOMS} rooms of ${SOCKETS} sockets, as many messages as they take`,
    compare: rooms,
  },
];

function rooms({ isFull }: Scale): Promise<Compared> {
  return withContenders([dormouse, ...PEERS], async (running) => {
    const compared: Compared = {};
    for (const contender of running) {
      const { protocol, room } = contender.service;
      const loads: RoomLoad[] = [];
      for (let i = 0; i < ROOMS; i++) {
        loads.push(
          await RoomLoad.open({ protocol, room: room(`room-${i}`), sockets: SOCKETS, publishers: 1 }),
        );
      }
      compared[contender.name] = {
        rooms: ROOMS,
        sockets: ROOMS * SOCKETS,
        ...(await fullLoad({ ...contender, depth: DEPTH }, loads, isFull ? 10 : 3)),
      };
      for (const load of loads) load.leave();
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
