import { usageOf } from "../support/process-usage.ts";
import type { Crowd } from "./crowd.ts";
import type { Contender, Service } from "./peers/contender.ts";
import { quantile } from "./quantile.ts";
import type { Figures } from "./row.ts";

/** Seconds in which a flow becomes steady before it is measured. */
const LEAD = 0.5;

/**
 * Where as many messages are wanted as it takes, this process sleeps between two looks at its sockets. Each is then read once for
 * all that came meanwhile; to read it for each frame would take this process longer than some servers take to send one.
 */
const NAP_MS = 10;
const NAP = new Int32Array(new SharedArrayBuffer(4));

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
 * As many messages as it takes, for so many seconds, and until every message has come to every socket: there is a queue up to the
 * last. Measured from delivery to delivery, since a service that sends many at once is quiet in between.
 */
export async function flow(
  { service, depth }: Entrant,
  crowds: readonly Crowd[],
  seconds: number,
): Promise<Figures> {
  const bytesBefore = bytesOf(crowds);
  for (const crowd of crowds) crowd.keepAhead(depth);
  await listen(crowds, LEAD);
  const before = receivedBy(crowds);
  const meter = metered(service);
  await listen(crowds, seconds);
  for (const crowd of crowds) crowd.keepAhead(0);
  await Promise.all(crowds.map((crowd) => crowd.settled()));
  const after = receivedBy(crowds);
  const used = meter();
  const deliveries = after.messages - before.messages;
  return {
    "deliveries/s": (1000 * deliveries) / (after.at - before.at),
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

/** Messages that have come, at all sockets together, and when the last of them did. */
function receivedBy(crowds: readonly Crowd[]): { messages: number; at: number } {
  return {
    messages: crowds.reduce((sum, { received }) => sum + received, 0),
    at: Math.max(...crowds.map(({ lastAt }) => lastAt)),
  };
}

/** Lets messages come for so many seconds, with a nap between two looks at the sockets. */
async function listen(crowds: readonly Crowd[], seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    Atomics.wait(NAP, 0, 0, NAP_MS);
    await new Promise((resolve) => setImmediate(resolve));
    for (const crowd of crowds) crowd.check();
  }
}
