import type { Connection, MemberRecord } from "../records.ts";
import type { LogIndex } from "./log-index.ts";
import type { Breach } from "./violation.ts";

/** What came on each connection begins where it should, and goes on from there one by one: no seam shows. */
export function checkConnections(
  { room, client, history, connections }: MemberRecord,
  log: LogIndex,
  replay: number,
): Breach[] {
  return connections.flatMap((connection, i) => {
    const before = startOf(connection, Math.min(history, replay));
    const at = connection.seqs.findIndex((seq, n) => seq !== before + 1 + n);
    const seq = connection.seqs[at];
    // Where it should begin may have been trimmed meanwhile.
    if (seq === undefined || (at === 0 && seq > before && log.isGone(seq - 1))) return [];
    const sentence = `On connection no. ${i + 1} of ${client}, ${seq} comes after ${before + at}.`;
    return [{ kind: "seam", room, client, sentence }];
  });
}

/** The last seq that lies before all that a connection is owed. */
function startOf({ cursor, welcome }: Connection, history: number): number {
  if (welcome === undefined) return 0;
  if (welcome.resumed) return Number(cursor?.split(".")[1]);
  return Math.max(0, welcome.seq - history);
}
