import { setTimeout as sleep } from "node:timers/promises";
import { usageOf } from "../support/process-usage.ts";
import { Crowd } from "./crowd.ts";
import { among } from "./measure.ts";
import { dormouse, PEERS } from "./peers/contenders.ts";
import type { Compared, Comparison, Scale } from "./row.ts";

const SOCKETS = 2000;
/** As many as one `workerd` can hold here: it opens about three files a socket, and may open 20,000. */
const MOST_SOCKETS = 5000;

/** Sockets that join a room, 50 at a time, and are then quiet: how fast they come in, and what each takes up. */
export const rows: readonly Comparison[] = [
  { name: "idle", about: `${SOCKETS} sockets join a room, 50 at a time, and are quiet`, compare: idle },
];

async function idle({ isFull }: Scale): Promise<Compared> {
  const sockets = isFull ? MOST_SOCKETS : SOCKETS;
  const compared: Compared = {};
  for (const contender of [dormouse, ...PEERS]) {
    await among([contender], async ([entrant]) => {
      if (entrant === undefined) return;
      const { service, name } = entrant;
      const { dialect } = service;
      // What the first takes, code that is loaded and compiled, is not of its kind.
      const first = await Crowd.gather({ dialect, room: service.room("first"), sockets: 50, publishers: 0 });
      await sleep(500);
      const before = usageOf(service.pid);
      const start = performance.now();
      const crowd = await Crowd.gather({ dialect, room: service.room("idle"), sockets, publishers: 0 });
      const seconds = (performance.now() - start) / 1000;
      await sleep(1500);
      const after = usageOf(service.pid);
      for (const each of [first, crowd]) each.leave();
      compared[name] = {
        sockets,
        "joins/s": sockets / seconds,
        "memory a socket, kB": ((after.rssMB - before.rssMB) * 1024) / sockets,
      };
    });
  }
  return compared;
}
