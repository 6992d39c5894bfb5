import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { usageOf } from "../../support/process-usage.ts";
import { startWorkerd } from "../../support/workerd/workerd.ts";
import type { JoinResult } from "../load/joining-clients.ts";
import { quantile } from "../quantile.ts";
import type { Figures, Row } from "./row.ts";

const SOCKETS = 2000;
const PROCESSES = 2;
/** The time over which the clients join. */
const SECONDS = 3;
/** How long the room may take to send the final count to all. */
const SETTLE_MS = 20_000;

/** Many joins at once: the presence that each socket gets must stay bounded. */
export const rows: readonly Row[] = [
  {
    name: "joins",
    about: `${SOCKETS} members join within ${SECONDS} s, and get each other's presence`,
    run: joins,
  },
];

async function joins(): Promise<Figures> {
  const service = await startWorkerd();
  const joiners: ChildProcess[] = [];
  try {
    const before = usageOf(service.pid);
    const start = performance.now();
    for (let i = 0; i < PROCESSES; i++) joiners.push(joiner(service.room("joins")));
    await Promise.all(joiners.map((each) => once(each, "message")));
    const seconds = (performance.now() - start) / 1000;
    const results = await settled(joiners);
    const after = usageOf(service.pid);
    const frames = results.map((each) => each.frames);
    const sum = frames.reduce((total, each) => total + each, 0);
    // Without batching, the first client gets a frame per join after it, the last gets none.
    const each = (SOCKETS * (SOCKETS - 1)) / 2;
    return {
      sockets: results.length,
      "all in after, s": seconds,
      "all know it after, s": (performance.now() - start) / 1000,
      "frames/socket, median": quantile(frames, 0.5),
      "frames/socket, most": Math.max(...frames),
      frames: sum,
      "frames, one a join": each,
      "frames, share": sum / each,
      "bytes/socket, median": quantile(
        results.map(({ bytes }) => bytes),
        0.5,
      ),
      bytes: results.reduce((total, { bytes }) => total + bytes, 0),
      "workerd RSS before, MB": before.rssMB,
      "workerd RSS after, MB": after.rssMB,
      "workerd CPU, s": after.cpuSeconds - before.cpuSeconds,
    };
  } finally {
    for (const each of joiners) each.removeAllListeners("exit").kill();
    await service.stop();
  }
}

function joiner(room: string): ChildProcess {
  const sockets = SOCKETS / PROCESSES;
  const child = fork(join(import.meta.dirname, "../load/joining-clients.ts"), [
    room,
    String(sockets),
    String((SECONDS * 1000) / sockets),
  ]);
  child.once("exit", () => {
    throw new Error("A process with joining clients ended.");
  });
  return child;
}

/** The results of each socket, once all have the final count. */
async function settled(joiners: readonly ChildProcess[]): Promise<JoinResult[]> {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const results = (await Promise.all(joiners.map(resultsOf))).flat();
    const behind = results.filter(({ count }) => count !== SOCKETS).length;
    if (behind === 0 && results.length === SOCKETS) return results;
    if (performance.now() > end) throw new Error(`${behind} sockets lack the final count.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function resultsOf(joiner: ChildProcess): Promise<JoinResult[]> {
  const answer = once(joiner, "message");
  joiner.send("report");
  const [results]: JoinResult[][] = await answer;
  return results ?? [];
}
