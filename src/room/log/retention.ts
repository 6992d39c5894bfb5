import type { LogState } from "./log-state.ts";

/** The bounds of a log. `messages`, `bytes` and `days` bound the history; `dedupe` is the number of newest ids that are known. */
export type Retention = { messages: number; bytes: number; days: number; dedupe: number };

/** The bounds for one segment. `ms`: its greatest age. */
type Bounds = { messages: number; bytes: number; ms: number };

export const DAY_MS = 86_400_000;

/** Messages that were not delivered to a webhook stay beyond the retention, within these bounds. */
const UNDELIVERED: Bounds = { messages: 10_000, bytes: 16 * 1024 * 1024, ms: 3_600_000 };

/** Trimming is due once a bound is exceeded by this fraction, so that one run removes many segments. */
const TRIM_SLACK = 0.1;

/** @param last the seq of the last message of the segment */
function boundsFor(retention: Retention, last: number, deliveredSeq: number | undefined): Bounds {
  const { messages, bytes, days } = retention;
  if (deliveredSeq === undefined || last <= deliveredSeq) return { messages, bytes, ms: days * DAY_MS };
  return {
    messages: messages + UNDELIVERED.messages,
    bytes: bytes + UNDELIVERED.bytes,
    ms: days * DAY_MS + UNDELIVERED.ms,
  };
}

/**
 * When a log is to be trimmed: milliseconds, or 0 for at once; undefined for a log without messages.
 * @param deliveredSeq messages after it are to be delivered to a webhook
 */
export function trimDueAt(
  { last, floor, oldest, bytes: size, light }: LogState,
  retention: Retention,
  deliveredSeq: number | undefined,
): number | undefined {
  if (oldest === undefined) return undefined;
  const slack = 1 + TRIM_SLACK;
  const { messages, bytes, ms } = boundsFor(retention, oldest.last, deliveredSeq);
  // A segment is removed as a whole, so it stays as long as one of its messages must stay.
  const isLong = last - floor - light > messages * slack && last - oldest.last - light >= messages;
  const isBig = size > bytes * slack && last > oldest.last;
  return isLong || isBig ? 0 : oldest.at + ms;
}

/**
 * Chooses the segments to remove from the front.
 * @param rows the oldest segments, with the bytes of their bodies, and how many appends and reactions they hold
 * @returns the floor, the bytes, and the appends and reactions of the log after that
 */
export function trimmed(
  rows: Iterable<{ last: number; at: number; size: number; light: number }>,
  state: LogState,
  retention: Retention,
  deliveredSeq: number | undefined,
  now: number,
): Pick<LogState, "floor" | "bytes" | "light"> {
  let { floor, bytes: rest, light: lightAfter } = state;
  for (const { last, at, size, light } of rows) {
    const { messages, bytes, ms } = boundsFor(retention, last, deliveredSeq);
    const counted = state.last - last - (lightAfter - light);
    const isOver = counted >= messages || (rest > bytes && last < state.last);
    if (!isOver && at > now - ms) break;
    floor = last;
    rest -= size;
    lightAfter -= light;
  }
  return { floor, bytes: rest, light: lightAfter };
}
