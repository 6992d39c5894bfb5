import { Runtime } from "../../chaos/runtime.ts";
import { median } from "../load/measure.ts";
import { RoomLoad } from "../load/room-load.ts";
import { DORMOUSE } from "../peers/dormouse.ts";
import type { Figures, Row, Scale } from "./row.ts";

const SOCKETS = 1000;
/** Attempts to evict the room. */
const ATTEMPTS = 10;

/** Latency of the first message after hibernation. */
export const rows: readonly Row[] = [
  { name: "wake", about: `a message to a room of ${SOCKETS} sockets, awake and asleep`, run: wake },
];

async function wake({ isFull }: Scale): Promise<Figures> {
  const runtime = await Runtime.start({ PUBLISH_RATE: "0" });
  try {
    const room = `http://127.0.0.1:${runtime.port}/v1/rooms/wake`;
    const load = await RoomLoad.open({
      protocol: DORMOUSE,
      room,
      sockets: SOCKETS,
      publishers: 1,
      samples: SOCKETS,
    });
    const awake: Figures[] = [];
    const asleep: Figures[] = [];
    await delivery(load);
    for (let round = 0; round < (isFull ? 21 : 7); round++) {
      awake.push(await delivery(load));
      await evict(runtime);
      asleep.push(await delivery(load));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    load.leave();
    const middle = (rounds: readonly Figures[], figure: string) =>
      median(rounds.map((figures) => figures[figure] ?? Number.NaN));
    return {
      sockets: SOCKETS,
      "awake, first delivery, ms": middle(awake, "first"),
      "awake, at all, ms": middle(awake, "last"),
      "asleep, first delivery, ms": middle(asleep, "first"),
      "asleep, at all, ms": middle(asleep, "last"),
      // The target is at most twice the awake latency plus 50 ms. These figures are what is above twice.
      "over twice, at first, ms": middle(asleep, "first") - 2 * middle(awake, "first"),
      "over twice, at all, ms": middle(asleep, "last") - 2 * middle(awake, "last"),
    };
  } finally {
    await runtime.stop();
  }
}

/** The latency of one message at the first and at the last socket. */
async function delivery(load: RoomLoad): Promise<Figures> {
  load.latencies = [];
  load.publishOne();
  await load.settled();
  return { first: Math.min(...load.latencies), last: Math.max(...load.latencies) };
}

async function evict(runtime: Runtime): Promise<void> {
  for (let i = 0; i < ATTEMPTS; i++) if ((await runtime.evict("wake", "hibernate")) === "evicted") return;
  throw new Error(`The room was not evicted in ${ATTEMPTS} attempts.`);
}
