import { parseCursor } from "../../protocol/cursor.ts";
import type { Refusal } from "../../protocol/down.ts";

/** Where a log stands. `continues`: whether a client that holds no message of another epoch may begin at its start. */
type Standing = { epoch: string; last: number; floor: number; isContinuedBy: (epoch: string) => boolean };

/** Where a session begins: what it is sent is all that came after `from`. */
export type StartPosition = { from: number; resumed: boolean; reason?: Refusal };

/**
 * Honours a cursor, or says why not; then, and without a cursor, the session begins with the last `history` messages.
 * A cursor that is not of the form `<epoch>.<seq>` is of no epoch of this room.
 */
export function startPositionOf(
  log: Standing,
  cursor: string | undefined,
  history: number,
  most: number,
): StartPosition {
  const fresh = Math.max(log.floor, log.last - Math.min(history, most));
  if (cursor === undefined) return { from: fresh, resumed: false };
  const position = parseCursor(cursor);
  if (position === undefined) return { from: fresh, resumed: false, reason: "epoch" };
  const { epoch, seq } = position;
  const isKnown = epoch === log.epoch || (seq === 0 && log.isContinuedBy(epoch));
  if (!isKnown) return { from: fresh, resumed: false, reason: "epoch" };
  if (seq > log.last) return { from: fresh, resumed: false, reason: "ahead" };
  if (seq < log.floor) return { from: fresh, resumed: false, reason: "trimmed" };
  if (log.last - seq > most) return { from: fresh, resumed: false, reason: "too_many" };
  return { from: seq, resumed: true };
}
