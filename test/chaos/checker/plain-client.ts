import type { Data, PlainRecord } from "../records.ts";
import { type LogIndex, plainDataKey } from "./log-index.ts";
import type { Violation, ViolationKind } from "./violation.ts";

/** The messages of each plain connection must be in a row in the log. If it was open at the end, they must reach the log's end. */
export function checkPlain({ room, client, connections }: PlainRecord, log: LogIndex): Violation[] {
  const violations: Violation[] = [];
  const report = (kind: ViolationKind, sentence: string) =>
    void violations.push({ kind, room, client, sentence });
  connections.forEach(({ data, open }, i) => {
    const connection = `connection ${i + 1} of ${client}`;
    const unknown = data.findIndex((each) => log.byPlainData(each).length === 0);
    if (unknown >= 0 && log.record.floor === 0) {
      report("not-in-log", `The log lacks frame ${unknown + 1} of ${connection}.`);
      return;
    }
    const last = lastSeq(data, log);
    if (last === undefined)
      report("not-contiguous", `The frames of ${connection} are not in a row in the log.`);
    else if (open && data.length > 0 && last !== log.last) {
      report("incomplete", `The frames of ${connection} end at ${last}, the log at ${log.last}.`);
    }
  });
  return violations;
}

/** The seq of the last of these messages. Undefined if they are not in a row in the log. The first may have been trimmed. */
function lastSeq(data: readonly Data[], log: LogIndex): number | undefined {
  const start = data.findIndex((each) => log.byPlainData(each).length > 0);
  const [first, ...rest] = start < 0 ? [] : data.slice(start);
  if (first === undefined) return log.last;
  const starts = log.byPlainData(first).map(({ seq }) => seq);
  const follow = (from: number) =>
    rest.every((each, i) => {
      const message = log.at(from + 1 + i);
      return message !== undefined && plainDataKey(message.data) === plainDataKey(each);
    });
  const from = starts.find(follow);
  return from === undefined ? undefined : from + rest.length;
}
