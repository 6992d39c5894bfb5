import type { Crowd } from "./crowd.ts";
import { quantile, usageOf } from "./meters.ts";
import type { Contender, Service } from "./peers/contender.ts";
import type { Figures } from "./row.ts";

/** Seconds before a flow is measured, in which it becomes steady. */
const LEAD = 0.5;

/** A contender that runs. */
export type Entrant = Contender & { service: Service };

/** Starts all of them, and stops them after the work, whatever comes of it. */
export async function among<T>(
  contenders: readonly Contender[],
  work: (entrants: Entrant[]) => Promise<T>,
): Promise<T> {
  const entrants: Entrant[] = [];
  try {
    for (const contender of contenders) entrants.push({ ...contender, service: await contender.start() });
    return await work(entrants);
  } finally {
    for (const { service } of entrants) await service.stop();
  }
}

/**
 * As many messages as it takes, for so many seconds in which the deliveries are counted; then every message must come to every
 * socket, which is not counted.
 */
export async function flow(
  { service, depth }: Entrant,
  crowds: readonly Crowd[],
  seconds: number,
): Promise<Figures> {
  const bytesBefore = bytesOf(crowds);
  const publishing = Promise.all(crowds.map((crowd) => crowd.publishAhead(depth, LEAD + seconds)));
  await Promise.race([publishing, sleep(LEAD)]);
  const received = receivedBy(crowds);
  const meter = metered(service);
  await publishing;
  const deliveries = receivedBy(crowds) - received;
  const used = meter();
  await Promise.all(crowds.map((crowd) => crowd.settled()));
  return {
    "deliveries/s": deliveries / used.seconds,
    "bytes/message": bytesBetween(bytesBefore, bytesOf(crowds)),
    "server CPU, us/delivery": (1e6 * used.serverSeconds) / deliveries,
    "bench CPU, %": used.benchPercent,
  };
}

/** So many messages a second: how long each takes. The latencies themselves stay with the crowd until the next pace. */
export async function pace(
  { service }: Entrant,
  crowd: Crowd,
  rate: number,
  seconds: number,
): Promise<Figures> {
  crowd.latencies = [];
  const bytesBefore = bytesOf([crowd]);
  const meter = metered(service);
  await crowd.publishAt(rate, seconds);
  await crowd.settled();
  const used = meter();
  return {
    "p50, ms": quantile(crowd.latencies, 0.5),
    "p99, ms": quantile(crowd.latencies, 0.99),
    "bytes/message": bytesBetween(bytesBefore, bytesOf([crowd])),
    "bench CPU, %": used.benchPercent,
  };
}

/** The median of each figure, over rounds that measured the same. */
export function medians(rounds: readonly Figures[]): Figures {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, median(rounds.map((figures) => figures[name] ?? Number.NaN))]),
  );
}

/** How many times a figure of the first is that of the second: the median over their rounds, each of which had the same noise. */
export function ratio(figure: string, first: readonly Figures[], second: readonly Figures[]): number {
  return median(
    first.map((figures, i) => (figures[figure] ?? Number.NaN) / (second[i]?.[figure] ?? Number.NaN)),
  );
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** What the server and this process take, until the function that comes back is called. */
function metered({ pid }: Service) {
  const before = usageOf(pid);
  const own = process.cpuUsage();
  const start = performance.now();
  return () => {
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(own);
    return {
      seconds,
      serverSeconds: usageOf(pid).cpuSeconds - before.cpuSeconds,
      benchPercent: (user + system) / 10_000 / seconds,
    };
  };
}

type Bytes = { bytes: number; messages: number };

/** As WebSocket frames at one socket of each crowd. */
function bytesOf(crowds: readonly Crowd[]): Bytes {
  const sum = { bytes: 0, messages: 0 };
  for (const { transcript } of crowds) {
    sum.bytes += transcript.length;
    sum.messages += transcript.messages;
  }
  return sum;
}

function bytesBetween(before: Bytes, after: Bytes): number {
  return (after.bytes - before.bytes) / (after.messages - before.messages);
}

function receivedBy(crowds: readonly Crowd[]): number {
  return crowds.reduce((sum, { received }) => sum + received, 0);
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
