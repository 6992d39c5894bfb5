import { labelsIn } from "../message-data.ts";
import type { Data, MemberRecord, StoredLabel } from "../records.ts";
import type { LogIndex } from "./log-index.ts";
import type { Violation } from "./violation.ts";

/** No row of any table may have content of a deleted message: of itself, of an edit or of an append. */
export function checkDeletedContent(
  log: LogIndex,
  members: readonly MemberRecord[],
  stored: readonly StoredLabel[],
): Violation[] {
  const { room, history } = log.record;
  const tables = new Map<string, string[]>();
  for (const { label, table } of stored) tables.set(label, [...(tables.get(label) ?? []), table]);
  const contents = contentsOf(log, members);
  const deleted = history.filter((message) => message.deleted);
  return deleted.flatMap(({ seq }) =>
    (contents.get(seq) ?? []).flatMap((label) => {
      const found = tables.get(label);
      if (found === undefined) return [];
      const sentence = `The message ${seq} was deleted, and ${label} of its content is in ${found.join(", ")}.`;
      return [{ kind: "deleted-content", room, sentence } as const];
    }),
  );
}

/** The labels in all data that a message ever had, as far as clients know it. */
function contentsOf(log: LogIndex, members: readonly MemberRecord[]): ReadonlyMap<number, string[]> {
  const contents = new Map<number, Set<string>>();
  for (const { seq, data } of members.flatMap((member) => [
    ...dataSentBy(member),
    ...dataReceivedBy(member, log),
  ])) {
    const labels = contents.get(seq) ?? new Set();
    contents.set(seq, labels);
    for (const label of labelsIn(data)) labels.add(label);
  }
  return new Map([...contents].map(([seq, labels]) => [seq, [...labels]]));
}

type Content = { seq: number; data?: Data | undefined };

function dataSentBy({ sent, operations }: MemberRecord): Content[] {
  return [
    ...sent.flatMap(({ data, outcome }) =>
      outcome.kind === "acknowledged" ? [{ seq: outcome.seq, data }] : [],
    ),
    ...operations.map(({ target, data }) => ({ seq: target, data })),
  ];
}

function dataReceivedBy({ events }: MemberRecord, { epoch }: LogIndex): Content[] {
  return events.flatMap((event): Content[] => {
    if (event.kind === "message" && event.epoch === epoch) return [event];
    return event.kind === "page" && event.epoch === epoch ? event.messages : [];
  });
}
