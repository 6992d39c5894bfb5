import type { Data, PlainRecord } from "../records.ts";
import { type LogIndex, plainSameness } from "./log-index.ts";
import type { Breach, BreachKind } from "./violation.ts";

/** What a plain client got on each connection is a run of the log, and one that was open at the end reaches its end. */
export function checkPlain({ room, client, stretches }: PlainRecord, log: LogIndex): Breach[] {
  const breaches: Breach[] = [];
  const tell = (kind: BreachKind, sentence: string) => void breaches.push({ kind, room, client, sentence });
  stretches.forEach(({ data, open }, i) => {
    const connection = `connection no. ${i + 1} of ${client}`;
    const strange = data.findIndex((each) => log.shownAs(each).length === 0);
    if (strange >= 0 && log.record.floor === 0) {
      tell("vanished", `The log lacks frame ${strange + 1} of ${connection}.`);
      return;
    }
    const end = runEnd(data, log);
    if (end === undefined) tell("run", `What came on ${connection} is no run of the log.`);
    else if (open && data.length > 0 && end !== log.last) {
      tell("behind", `What came on ${connection} ends at ${end}, and the log at ${log.last}.`);
    }
  });
  return breaches;
}

/** The seq at which a run ends in the log; undefined where it is none. What was trimmed may lie before it. */
function runEnd(data: readonly Data[], log: LogIndex): number | undefined {
  const start = data.findIndex((each) => log.shownAs(each).length > 0);
  const [first, ...rest] = start < 0 ? [] : data.slice(start);
  if (first === undefined) return log.last;
  const starts = log.shownAs(first).map(({ seq }) => seq);
  const runs = (from: number) =>
    rest.every((each, i) => {
      const message = log.at(from + 1 + i);
      return message !== undefined && plainSameness(message.data) === plainSameness(each);
    });
  const from = starts.find(runs);
  return from === undefined ? undefined : from + rest.length;
}
