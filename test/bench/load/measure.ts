import { usageOf } from "../../support/process-usage.ts";
import type { Contender, Service } from "../peers/contender.ts";
import { quantile } from "../quantile.ts";
import type { Figures } from "../rows/row.ts";
import type { RoomLoad } from "./room-load.ts";

/** Seconds of load before a measurement. */
const WARM_UP = 0.5;

/**
 * At full load this process sleeps between two reads of its sockets, and reads each once for all frames since then. A read per frame
 * would take this process longer than some servers take to send one.
 */
const SLEEP_MS = 10;
const SLEEP = new Int32Array(new SharedArrayBuffer(4));

/** A started contender. */
export type RunningContender = Contender & { service: Service };

/** Starts the contenders for `work`, and stops them after it. */
export async function withContenders<T>(
  contenders: readonly Contender[],
  work: (running: RunningContender[]) => Promise<T>,
): Promise<T> {
  const running: RunningContender[] = [];
  try {
    for (const contender of contenders) running.push({ ...contender, service: await contender.start() });
    return await work(running);
  } finally {
    for (const { service } of running) await service.stop();
  }
}

/**
 * Loads the contender fully for some seconds, and until every socket has every message. The time is from delivery to delivery, since a
 * service that sends many messages at once is quiet in between.
 */
export async function fullLoad(
  { service, depth }: RunningContender,
  loads: readonly RoomLoad[],
  seconds: number,
): Promise<Figures> {
  const bytesBefore = bytesOf(loads);
  for (const load of loads) load.setDepth(depth);
  await receive(loads, WARM_UP);
  const before = receivedBy(loads);
  const meter = startMeter(service);
  await receive(loads, seconds);
  for (const load of loads) load.setDepth(0);
  await Promise.all(loads.map((load) => load.settled()));
  const after = receivedBy(loads);
  const used = meter();
  const deliveries = after.messages - before.messages;
  return {
    "deliveries/s": (1000 * deliveries) / (after.at - before.at),
    "bytes/message": bytesBetween(bytesBefore, bytesOf(loads)),
    "server CPU, us/delivery": (1e6 * used.serverSeconds) / deliveries,
    "bench CPU, %": used.benchPercent,
  };
}

/** Publishes at a rate per second, and measures the latency. The latencies stay in the load until the next call. */
export async function fixedRate(
  { service }: RunningContender,
  load: RoomLoad,
  rate: number,
  seconds: number,
): Promise<Figures> {
  load.latencies = [];
  const bytesBefore = bytesOf([load]);
  const meter = startMeter(service);
  await load.publishAt(rate, seconds);
  await load.settled();
  const used = meter();
  return {
    "p50, ms": quantile(load.latencies, 0.5),
    "p99, ms": quantile(load.latencies, 0.99),
    "bytes/message": bytesBetween(bytesBefore, bytesOf([load])),
    "bench CPU, %": used.benchPercent,
  };
}

/** The median of each figure over all rounds. */
export function medians(rounds: readonly Figures[]): Figures {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, median(rounds.map((figures) => figures[name] ?? Number.NaN))]),
  );
}

/** The ratio of a figure of the first to the second: the median over their rounds, since both of a round have the same noise. */
export function ratio(figure: string, first: readonly Figures[], second: readonly Figures[]): number {
  return median(
    first.map((figures, i) => (figures[figure] ?? Number.NaN) / (second[i]?.[figure] ?? Number.NaN)),
  );
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Starts to measure the CPU time of the server and this process. The returned function ends it. */
function startMeter({ pid }: Service) {
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

/** The WebSocket bytes at one socket of each load. */
function bytesOf(loads: readonly RoomLoad[]): Bytes {
  const sum = { bytes: 0, messages: 0 };
  for (const { transcript } of loads) {
    sum.bytes += transcript.length;
    sum.messages += transcript.messages;
  }
  return sum;
}

function bytesBetween(before: Bytes, after: Bytes): number {
  return (after.bytes - before.bytes) / (after.messages - before.messages);
}

/** Messages delivered to all sockets together, and the time of the last. */
function receivedBy(loads: readonly RoomLoad[]): { messages: number; at: number } {
  return {
    messages: loads.reduce((sum, { received }) => sum + received, 0),
    at: Math.max(...loads.map(({ lastAt }) => lastAt)),
  };
}

/** Receives for some seconds, with a sleep between two reads of the sockets. */
async function receive(loads: readonly RoomLoad[], seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    Atomics.wait(SLEEP, 0, 0, SLEEP_MS);
    await new Promise((resolve) => setImmediate(resolve));
    for (const load of loads) load.check();
  }
}
