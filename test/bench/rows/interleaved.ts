import { fullLoad, medians, type RunningContender, ratio, withContenders } from "../load/measure.ts";
import { RoomLoad } from "../load/room-load.ts";
import type { Contender } from "../peers/contender.ts";
import type { Compared, Figures } from "./row.ts";

const PUBLISHERS = 20;

type AfterLoad = (contender: RunningContender, load: RoomLoad, figures: Figures) => Promise<Figures>;

/** Runs all contenders, and loads them in turn in each round. The first is compared with each of the others. */
export function interleaved(
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
