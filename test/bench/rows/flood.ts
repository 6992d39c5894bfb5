import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { TestSocket } from "../../support/socket.ts";
import { startWorkerd, type Workerd } from "../../support/workerd/workerd.ts";
import { publishLatencies, type Sample } from "../load/publish-latency.ts";
import { quantile } from "../quantile.ts";
import type { Figures, Row } from "./row.ts";

const FRAMES = { short: 10_000, long: 500 } as const;
type Kind = keyof typeof FRAMES;
/** Messages of the quiet member. With their pauses they take longer than the flooder is refused. */
const MESSAGES = 200;

/** The latency of a quiet member beside one that sends as fast as it can, under the default limits. */
export const rows: readonly Row[] = [
  {
    name: "flood",
    about: `a quiet member beside one who sends ${FRAMES.short} frames as fast as it can`,
    run: () => flood("short"),
  },
  {
    name: "flood, long",
    about: `the same, beside ${FRAMES.long} frames of 1.5 MB that take long to read`,
    isLong: true,
    run: () => flood("long"),
  },
];

async function flood(kind: Kind): Promise<Figures> {
  const service = await startWorkerd();
  try {
    const quiet = await TestSocket.open(service.room("flood"), "dormouse.v1");
    await publishLatencies(quiet, "warm", 30);
    const alone = (await publishLatencies(quiet, "alone", MESSAGES)).map(({ ms }) => ms);
    const { samples, floods } = await whileFlooded(service, kind, () =>
      publishLatencies(quiet, "beside", MESSAGES),
    );
    quiet.ws.terminate();
    const beside = samples.map(({ ms }) => ms);
    const duringFlood = samples
      .filter((sample) => floods.some((span) => overlap(sample, span)))
      .map(({ ms }) => ms);
    return {
      "alone p50, ms": quantile(alone, 0.5),
      "beside p50, ms": quantile(beside, 0.5),
      "p50 ratio": quantile(beside, 0.5) / quantile(alone, 0.5),
      "alone p99, ms": quantile(alone, 0.99),
      "beside p99, ms": quantile(beside, 0.99),
      "worst, ms": Math.max(...beside),
      floods: floods.length,
      "flooded, s": floods.reduce((sum, { ms }) => sum + ms, 0) / 1000,
      "messages amid a flood": duringFlood.length,
      "amid a flood p50, ms": quantile(duringFlood, 0.5),
    };
  } finally {
    await service.stop();
  }
}

const overlap = (a: Sample, b: Sample) => a.from < b.from + b.ms && b.from < a.from + a.ms;

/** Measures while a client floods the room, and rejoins to flood it again. */
async function whileFlooded(service: Workerd, kind: Kind, measure: () => Promise<Sample[]>) {
  const floods: Sample[] = [];
  const flooder = fork(join(import.meta.dirname, "../load/flooding-client.ts"), [
    service.room("flood"),
    String(FRAMES[kind]),
    kind,
  ]);
  flooder.on("message", (isIn) => {
    const now = performance.now();
    const last = floods.at(-1);
    if (isIn === true) floods.push({ from: now, ms: Number.POSITIVE_INFINITY });
    else if (last !== undefined) last.ms = now - last.from;
  });
  await once(flooder, "message");
  const samples = await measure();
  flooder.kill();
  await once(flooder, "exit");
  const end = performance.now();
  for (const span of floods) span.ms = Math.min(span.ms, end - span.from);
  return { samples, floods };
}
