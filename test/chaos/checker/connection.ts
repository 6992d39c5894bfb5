import type { Connection, MemberRecord } from "../records.ts";
import type { LogIndex } from "./log-index.ts";
import type { Violation } from "./violation.ts";

/** The messages of each connection must start at the right seq, and follow each other without a gap. */
export function checkConnections(
  { room, client, history, connections }: MemberRecord,
  log: LogIndex,
  replay: number,
): Violation[] {
  return connections.flatMap((connection, i) => {
    const before = seqBefore(connection, Math.min(history, replay));
    const at = connection.seqs.findIndex((seq, n) => seq !== before + 1 + n);
    const seq = connection.seqs[at];
    // The expected first message may have been trimmed meanwhile.
    if (seq === undefined || (at === 0 && seq > before && log.isTrimmed(seq - 1))) return [];
    const sentence = `On connection ${i + 1} of ${client}, ${seq} follows ${before + at}.`;
    return [{ kind: "connection-gap", room, client, sentence }];
  });
}

/** The seq before the first message that a connection must get. */
function seqBefore({ cursor, welcome }: Connection, history: number): number {
  if (welcome === undefined) return 0;
  if (welcome.resumed) return Number(cursor?.split(".")[1]);
  return Math.max(0, welcome.seq - history);
}
