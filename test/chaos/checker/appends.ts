import type { LogMessage, MemberRecord } from "../records.ts";
import { textIn } from "./fold.ts";
import type { LogIndex } from "./log-index.ts";
import type { Report, Violation } from "./violation.ts";

type Piece = {
  id: string;
  text: string /** Of its acknowledgement, if there was one. */;
  seq: number | undefined;
};

/**
 * The text of each message must be what was sent or what the last edit made of it, and then the appends after that, each of them whole
 * and once, in the order of their seqs.
 */
export function checkAppends(log: LogIndex, members: readonly MemberRecord[]): Violation[] {
  const { room, history, operations } = log.record;
  const violations: Violation[] = [];
  const report: Report = (kind, sentence) => void violations.push({ kind, room, sentence });
  const pieces = piecesOf(members);
  const edits = new Map(operations.flatMap((each) => (each.op === "edit" ? [[each.target, each]] : [])));
  for (const message of history) {
    const edit = edits.get(message.seq);
    const base = textIn(edit?.data ?? log.at(message.seq)?.data);
    if (base === undefined || message.deleted) continue;
    checkText(message, base, edit?.seq ?? 0, pieces.get(message.seq) ?? [], report);
  }
  return violations;
}

function checkText(
  message: LogMessage,
  base: string,
  since: number,
  sent: readonly Piece[],
  report: Report,
): void {
  const text = textIn(message.data) ?? "";
  const of = `of message ${message.seq}`;
  if (!text.startsWith(base)) {
    report("append-text", `The text ${of} does not begin with what it was without its appends.`);
    return;
  }
  const left = new Set(sent);
  let rest = text.slice(base.length);
  let before = since;
  while (rest !== "") {
    const next = sent.find((piece) => rest.startsWith(labelOf(piece)));
    if (next === undefined || !rest.startsWith(next.text) || !left.delete(next)) {
      const what = next === undefined ? "text that nobody appended" : `${next.id} in part, or again`;
      const where = `After ${text.length - rest.length} characters`;
      report("append-text", `${where}, the text ${of} has ${what}: ${JSON.stringify(rest.slice(0, 60))}`);
      return;
    }
    const { seq = before } = next;
    if (seq < before)
      report("append-text", `The text ${of} has the append ${next.id} (${seq}) after ${before}.`);
    before = seq;
    rest = rest.slice(next.text.length);
  }
  for (const { id, seq = 0 } of left)
    if (seq > since) report("lost", `The text ${of} lacks the append ${id}, acknowledged at ${seq}.`);
}

/** Each piece begins with a label of its own. */
function labelOf({ text }: Piece): string {
  return text.slice(0, text.indexOf(">") + 1);
}

function piecesOf(members: readonly MemberRecord[]): ReadonlyMap<number, Piece[]> {
  const pieces = new Map<number, Piece[]>();
  for (const { operations } of members) {
    for (const { id, op, target, data, outcomes } of operations) {
      const text = textIn(data);
      if (op !== "append" || text === undefined) continue;
      const seq = outcomes.flatMap((each) => (each.kind === "acknowledged" ? [each.seq] : []))[0];
      pieces.set(target, [...(pieces.get(target) ?? []), { id, text, seq }]);
    }
  }
  return pieces;
}
