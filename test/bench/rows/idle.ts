import { setTimeout as sleep } from "node:timers/promises";
import { usageOf } from "../../support/process-usage.ts";
import { withContenders } from "../load/measure.ts";
import { RoomLoad } from "../load/room-load.ts";
import { dormouse, PEERS } from "../peers/contenders.ts";
import type { Compared, Comparison, Scale } from "./row.ts";

const SOCKETS = 2000;
/** One `workerd` opens about three files per socket, and may open 20,000. */
const MAX_SOCKETS = 5000;

/** Join rate and memory of sockets that join a room, 50 at a time, and then idle. */
export const rows: readonly Comparison[] = [
  { name: "idle", about: `${SOCKETS} sockets join a room, 50 at a time, and are quiet`, compare: idle },
];

async function idle({ isFull }: Scale): Promise<Compared> {
  const sockets = isFull ? MAX_SOCKETS : SOCKETS;
  const compared: Compared = {};
  for (const contender of [dormouse, ...PEERS]) {
    await withContenders([contender], async ([contender]) => {
      if (contender === undefined) return;
      const { service, name } = contender;
      const { protocol } = service;
      // The first sockets also load and compile code.
      const first = await RoomLoad.open({
        protocol,
        room: service.room("first"),
        sockets: 50,
        publishers: 0,
      });
      await sleep(500);
      const before = usageOf(service.pid);
      const start = performance.now();
      const load = await RoomLoad.open({ protocol, room: service.room("idle"), sockets, publishers: 0 });
      const seconds = (performance.now() - start) / 1000;
      await sleep(1500);
      const after = usageOf(service.pid);
      for (const each of [first, load]) each.leave();
      compared[name] = {
        sockets,
        "joins/s": sockets / seconds,
        "memory a socket, kB": ((after.rssMB - before.rssMB) * 1024) / sockets,
      };
    });
  }
  return compared;
}
