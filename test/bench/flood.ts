import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { TestSocket } from "../support/socket.ts";
import { startWorkerd, type Workerd } from "../support/workerd.ts";
import { quantile } from "./meters.ts";
import type { Figures, Row } from "./row.ts";

const FRAMES = 10_000;
/** Messages of the quiet neighbour, and the pause after each, in milliseconds. */
const MESSAGES = 60;
const PAUSE_MS = 60;

/** A quiet member of a room beside one who sends as fast as it can, under the limits that a deployment comes with. */
export const rows: readonly Row[] = [
  {
    name: "flood",
    about: `a quiet member beside one who sends ${FRAMES} frames as fast as it can`,
    run: flood,
  },
];

async function flood(): Promise<Figures> {
  const service = await startWorkerd();
  try {
    const quiet = await TestSocket.open(service.room("flood"), "dormouse.v1");
    await latencies(quiet, "warm");
    const alone = await latencies(quiet, "alone");
    const { beside, floods, sentIn } = await whileFlooded(service, () => latencies(quiet, "beside"));
    quiet.ws.terminate();
    return {
      "alone p50, ms": quantile(alone, 0.5),
      "beside p50, ms": quantile(beside, 0.5),
      "p50 ratio": quantile(beside, 0.5) / quantile(alone, 0.5),
      "alone p99, ms": quantile(alone, 0.99),
      "beside p99, ms": quantile(beside, 0.99),
      floods,
      "a flood takes, s": sentIn,
    };
  } finally {
    await service.stop();
  }
}

/** Measures amid floods that follow one another without a break. */
async function whileFlooded(service: Workerd, measure: () => Promise<number[]>) {
  let floods = 0;
  let seconds = 0;
  let isOver = false;
  const flooding = (async () => {
    while (!isOver) {
      const start = performance.now();
      const flooder = fork(join(import.meta.dirname, "flooder.ts"), [service.room("flood"), String(FRAMES)]);
      await once(flooder, "exit");
      seconds += (performance.now() - start) / 1000;
      floods++;
    }
  })();
  const beside = await measure();
  isOver = true;
  await flooding;
  return { beside, floods, sentIn: seconds / floods };
}

/** How long the member's own messages take to come back, in milliseconds. */
async function latencies(quiet: TestSocket, tag: string): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < MESSAGES; i++) {
    const id = `${tag}-${performance.now()}`;
    const start = performance.now();
    quiet.send({ type: "publish", id, data: "quiet" });
    while (!JSON.stringify(await quiet.until("messages", 30_000)).includes(id));
    taken.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return taken;
}
