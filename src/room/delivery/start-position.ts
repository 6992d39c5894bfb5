import { parseCursor } from "../../protocol/cursor.ts";
import type { Refusal } from "../../protocol/down.ts";

/**
 * `isContinuedBy`: whether a client with the cursor `<epoch>.0` missed nothing, although this log has another epoch. `hasMoreAfter`: whether a
 * replay from a seq has more than `count` messages, where joined appends are one.
 */
type LogPosition = {
  epoch: string;
  last: number;
  floor: number;
  beforeNewest(count: number): number;
  isContinuedBy: (epoch: string) => boolean;
  hasMoreAfter(seq: number, count: number): boolean;
};

/** Where a session begins: it is sent all messages after `from`. `reason`: why its cursor was not honoured. */
export type StartPosition = { from: number; resumed: boolean; reason?: Refusal };

/**
 * Honours a cursor, or says why not. A session without an honoured cursor begins with the last `history` messages. A cursor that is not
 * of the form `<epoch>.<seq>` counts as one of an unknown epoch.
 * @param maxReplay messages that a replay may have
 */
export function startPositionOf(
  log: LogPosition,
  cursor: string | undefined,
  history: number,
  maxReplay: number,
): StartPosition {
  const fresh = log.beforeNewest(Math.min(history, maxReplay));
  if (cursor === undefined) return { from: fresh, resumed: false };
  const position = parseCursor(cursor);
  if (position === undefined) return { from: fresh, resumed: false, reason: "epoch" };
  const { epoch, seq } = position;
  const isKnown = epoch === log.epoch || (seq === 0 && log.isContinuedBy(epoch));
  if (!isKnown) return { from: fresh, resumed: false, reason: "epoch" };
  if (seq > log.last) return { from: fresh, resumed: false, reason: "ahead" };
  if (seq < log.floor) return { from: fresh, resumed: false, reason: "trimmed" };
  if (log.hasMoreAfter(seq, maxReplay)) return { from: fresh, resumed: false, reason: "too_many" };
  return { from: seq, resumed: true };
}
