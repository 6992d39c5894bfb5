import type { HistoryMessage } from "../../../client/frames.ts";
import { type Arrival, applied, type Row, rowOf } from "./row.ts";

/** The bounds of a list that grows: rows, and characters of their texts together. */
export const MAX_ROWS = 200;
export const MAX_CHARS = 100_000;

/** Messages by seq, the oldest first, each in its current form. A list that grows drops its oldest rows. */
export type RowList = readonly Row[];

export function rowsOf(messages: readonly HistoryMessage[]): RowList {
  return messages.map(rowOf);
}

/** The rows after messages and operations that arrived, within the bounds. A message that the list has already is not added again. */
export function withArrived(rows: RowList, arrived: readonly Arrival[]): RowList {
  const bySeq = new Map(rows.map((row) => [row.seq, row]));
  for (const arrival of arrived) {
    if ("row" in arrival) {
      if (!bySeq.has(arrival.row.seq)) bySeq.set(arrival.row.seq, arrival.row);
      continue;
    }
    const target = bySeq.get(arrival.target);
    if (target !== undefined) bySeq.set(target.seq, applied(target, arrival));
  }
  return bounded([...bySeq.values()].sort((a, b) => a.seq - b.seq));
}

/** Shows a deletion before the room tells of it. */
export function withDeleted(rows: RowList, seq: number): RowList {
  return rows.map((row) => (row.seq === seq ? { ...row, kind: "deleted", text: "", size: 0 } : row));
}

function bounded(rows: Row[]): RowList {
  let chars = 0;
  let first = rows.length;
  while (first > 0 && rows.length - first < MAX_ROWS) {
    chars += rows[first - 1]?.text.length ?? 0;
    if (chars > MAX_CHARS && first < rows.length) break;
    first--;
  }
  return rows.slice(first);
}
