import { Runtime } from "../chaos/runtime.ts";
import { Crowd } from "./crowd.ts";
import { median } from "./measure.ts";
import { DORMOUSE } from "./peers/dormouse.ts";
import type { Figures, Row, Scale } from "./row.ts";

const SOCKETS = 1000;
/** How often a room is asked to sleep before it counts as one that does not. */
const TRIES = 10;

/** A room whose object has left memory, with its sockets open: what the first message waits for. */
export const rows: readonly Row[] = [
  { name: "wake", about: `a message to a room of ${SOCKETS} sockets, awake and asleep`, run: wake },
];

async function wake({ isFull }: Scale): Promise<Figures> {
  const runtime = await Runtime.start({ PUBLISH_RATE: "0" });
  try {
    const room = `http://127.0.0.1:${runtime.port}/v1/rooms/wake`;
    const crowd = await Crowd.gather({
      dialect: DORMOUSE,
      room,
      sockets: SOCKETS,
      publishers: 1,
      samples: SOCKETS,
    });
    const awake: Figures[] = [];
    const asleep: Figures[] = [];
    await delivery(crowd);
    for (let round = 0; round < (isFull ? 21 : 7); round++) {
      awake.push(await delivery(crowd));
      await sleepOf(runtime);
      asleep.push(await delivery(crowd));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    crowd.leave();
    const middle = (rounds: readonly Figures[], figure: string) =>
      median(rounds.map((figures) => figures[figure] ?? Number.NaN));
    return {
      sockets: SOCKETS,
      "awake, first delivery, ms": middle(awake, "first"),
      "awake, at all, ms": middle(awake, "last"),
      "asleep, first delivery, ms": middle(asleep, "first"),
      "asleep, at all, ms": middle(asleep, "last"),
      // The measure is at most twice as long, and 50 ms: what is left of the 50.
      "over twice, at first, ms": middle(asleep, "first") - 2 * middle(awake, "first"),
      "over twice, at all, ms": middle(asleep, "last") - 2 * middle(awake, "last"),
    };
  } finally {
    await runtime.stop();
  }
}

/** How long one message takes to the socket that has it first, and to the one that has it last. */
async function delivery(crowd: Crowd): Promise<Figures> {
  crowd.latencies = [];
  crowd.publishOne();
  await crowd.settled();
  return { first: Math.min(...crowd.latencies), last: Math.max(...crowd.latencies) };
}

async function sleepOf(runtime: Runtime): Promise<void> {
  for (let i = 0; i < TRIES; i++) if ((await runtime.evict("wake", "hibernate")) === "evicted") return;
  throw new Error("The room would not sleep.");
}
