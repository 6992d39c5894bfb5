import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { usageOf } from "../support/process-usage.ts";
import { startWorkerd } from "../support/workerd/workerd.ts";
import type { Told } from "./joiner.ts";
import { quantile } from "./quantile.ts";
import type { Figures, Row } from "./row.ts";

const SOCKETS = 2000;
const PROCESSES = 2;
/** How long it takes those who join to knock, one after the other. */
const SECONDS = 3;
/** How long the room may take to tell the last of them how many they are. */
const PATIENCE_MS = 20_000;

/** A storm of joins: what each socket is told of the others is to be bounded, however many they are. */
export const rows: readonly Row[] = [
  {
    name: "joins",
    about: `${SOCKETS} members join within ${SECONDS} s, and are told of each other`,
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
    const told = await settled(joiners);
    const after = usageOf(service.pid);
    const frames = told.map((each) => each.frames);
    const sum = frames.reduce((total, each) => total + each, 0);
    // The first is told of all others, the last of nobody.
    const each = (SOCKETS * (SOCKETS - 1)) / 2;
    return {
      sockets: told.length,
      "all in after, s": seconds,
      "all know it after, s": (performance.now() - start) / 1000,
      "frames/socket, median": quantile(frames, 0.5),
      "frames/socket, most": Math.max(...frames),
      frames: sum,
      "frames, one a join": each,
      "frames, share": sum / each,
      "bytes/socket, median": quantile(
        told.map(({ bytes }) => bytes),
        0.5,
      ),
      bytes: told.reduce((total, { bytes }) => total + bytes, 0),
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
  const child = fork(join(import.meta.dirname, "joiner.ts"), [
    room,
    String(sockets),
    String((SECONDS * 1000) / sockets),
  ]);
  child.once("exit", () => {
    throw new Error("A process that joined has ended.");
  });
  return child;
}

/** What each socket was told, once every one of them knows how many they are. */
async function settled(joiners: readonly ChildProcess[]): Promise<Told[]> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const told = (await Promise.all(joiners.map(toldTo))).flat();
    const behind = told.filter(({ count }) => count !== SOCKETS).length;
    if (behind === 0 && told.length === SOCKETS) return told;
    if (performance.now() > end) throw new Error(`${behind} sockets do not know of all.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function toldTo(joiner: ChildProcess): Promise<Told[]> {
  const answer = once(joiner, "message");
  joiner.send("What were they told?");
  const [told]: Told[][] = await answer;
  return told ?? [];
}
