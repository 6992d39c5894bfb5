import type { Connection, MemberRecord } from "../records.ts";
import type { LogIndex } from "./log-index.ts";
import type { Violation } from "./violation.ts";

/** The messages of each connection must start at the right seq, and follow each other without a gap. */
export function checkConnections(
  { room, client, history, connections }: MemberRecord,
  log: LogIndex,
  replay: number,
): Violation[] {
  return connections.flatMap(({ frames, ...connection }, i) => {
    let before = seqBefore(connection, Math.min(history, replay), log);
    for (const [n, [first, last]] of frames.entries()) {
      // The expected first message may have been trimmed meanwhile.
      const isTrimmed = n === 0 && first > before && log.isTrimmed(first - 1);
      if (first !== before + 1 && !isTrimmed) {
        const sentence = `On connection ${i + 1} of ${client}, ${first} follows ${before}.`;
        return [{ kind: "connection-gap", room, client, sentence }];
      }
      before = last;
    }
    return [];
  });
}

/** The seq before the first message that a connection must get. */
function seqBefore(
  { cursor, welcome }: Pick<Connection, "cursor" | "welcome">,
  history: number,
  log: LogIndex,
): number {
  if (welcome === undefined) return 0;
  if (welcome.resumed) return Number(cursor?.split(".")[1]);
  return welcome.epoch === log.epoch
    ? log.beforeNewest(history, welcome.seq)
    : Math.max(0, welcome.seq - history);
}
