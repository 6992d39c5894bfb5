import type { Contender } from "../peers/contender.ts";
import { aligned, format, type Results } from "./results.ts";

/** A target for a figure. It is checked if its row was run. */
type Target = {
  what: string;
  row: string;
  of: Contender["name"];
  figure: string;
  /** Exactly one of the two bounds is set. */
  atLeast?: number;
  atMost?: number;
};

const TARGETS: readonly Target[] = [
  {
    what: "peak deliveries a second, against ws, times",
    row: "peak",
    of: "ws",
    figure: "Dormouse's deliveries, times",
    atLeast: 18,
  },
  {
    what: "peak deliveries a second, against Socket.IO, times",
    row: "peak",
    of: "socketio",
    figure: "Dormouse's deliveries, times",
    atLeast: 20,
  },
  {
    what: "peak deliveries a second, against one send per message, times",
    row: "peak",
    of: "onesend",
    figure: "Dormouse's deliveries, times",
    atLeast: 80,
  },
  {
    what: "median latency at 20 messages a second, against one send per message, times",
    row: "quiet",
    of: "onesend",
    figure: "Dormouse's p50, times",
    atMost: 1.1,
  },
  {
    what: "rows written a message, at 1,000 a second",
    row: "steady",
    of: "dormouse",
    figure: "log rows/message",
    atMost: 0.1,
  },
  {
    what: "acknowledgements of a client that keeps up, of the frames that it gets in its first 10 s, at 1,000 messages a second, %",
    row: "steady",
    of: "dormouse",
    figure: "acknowledgements/frame, %",
    atMost: 2,
  },
  {
    what: "median latency of an append of a stream, against a message, times",
    row: "stream",
    of: "dormouse",
    figure: "p50, times",
    atMost: 1.1,
  },
  {
    what: "bytes of a join at the end of a stream, against its text, times",
    row: "stream",
    of: "dormouse",
    figure: "late join, times",
    atMost: 1.2,
  },
  {
    what: "peak with the log, against the same room without it, times",
    row: "durable",
    of: "unlogged",
    figure: "Dormouse's deliveries, times",
    atLeast: 0.9,
  },
  {
    what: "peak with an empty onPublish, against the same room without it, times",
    row: "hooks",
    of: "emptyhook",
    figure: "500 sockets, part of the throughput",
    atLeast: 0.97,
  },
  {
    what: "growth of memory by a paused reader among 100 at full load, MB",
    row: "paused",
    of: "dormouse",
    figure: "growth, MB",
    atMost: 16,
  },
  {
    what: "messages a second beside a paused reader, against without, times",
    row: "paused",
    of: "dormouse",
    figure: "throughput, times",
    atLeast: 0.9,
  },
  {
    what: "median latency of a quiet member beside one who floods, against without, times",
    row: "flood",
    of: "dormouse",
    figure: "p50 ratio",
    atMost: 2,
  },
  {
    what: "the same where the flood is of long frames, times",
    row: "flood, long",
    of: "dormouse",
    figure: "p50 ratio",
    atMost: 2,
  },
  {
    what: "first delivery of a sleeping room, over twice that of one awake, ms",
    row: "wake",
    of: "dormouse",
    figure: "over twice, at first, ms",
    atMost: 50,
  },
  {
    what: "delivery to all 1,000 of a sleeping room, over twice that of one awake, ms",
    row: "wake",
    of: "dormouse",
    figure: "over twice, at all, ms",
    atMost: 50,
  },
];

export type TargetResult = { what: string; value: number; atLeast?: number; atMost?: number; isMet: boolean };

/** The result of each target whose row was run. */
export function evaluate(results: Results): TargetResult[] {
  return TARGETS.flatMap(({ what, row, of, figure, ...bounds }) => {
    const value = results[row]?.[of]?.[figure];
    if (value === undefined) return [];
    const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = bounds;
    return [{ what, value, ...bounds, isMet: value >= atLeast && value <= atMost }];
  });
}

export function targetTable(all: readonly TargetResult[]): string {
  return aligned([
    ["", "measured", "target", "met"],
    ...all.map(({ what, value, atLeast, atMost, isMet }) => [
      what,
      format(value),
      atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`,
      isMet ? "yes" : "no",
    ]),
  ]);
}
