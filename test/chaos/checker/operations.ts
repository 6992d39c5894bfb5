import type { LogOperation, MemberRecord, Outcome, SentOperation } from "../records.ts";
import { dataKey, type LogIndex } from "./log-index.ts";
import type { Report, Violation } from "./violation.ts";

/** After these refusals the operation may still be in the log: the client left before the answer. */
const LEFT: ReadonlySet<string> = new Set(["left", "closed"]);

/** Each operation must be settled. One that was acknowledged must be in the log at its seq, and one that was refused must not. */
export function checkSentOperations({ room, client, operations }: MemberRecord, log: LogIndex): Violation[] {
  const violations: Violation[] = [];
  const report: Report = (kind, sentence) => void violations.push({ kind, room, client, sentence });
  for (const sent of operations) {
    const stored = log.byId(sent.id)[0];
    for (const outcome of sent.outcomes) checkOutcome(sent, outcome, stored, log, report);
  }
  return violations;
}

const NOTHING = dataKey({ json: "" });

function checkOutcome(
  sent: SentOperation,
  outcome: Outcome,
  stored: object | undefined,
  log: LogIndex,
  report: Report,
): void {
  const { id, op } = sent;
  if (outcome.kind === "open") report("unsettled", `The ${op} ${id} has no outcome: ${outcome.because}.`);
  else if (outcome.kind === "refused") {
    // Sent on another way, it may have been accepted later: an edit may have given its target a text meanwhile.
    const isRefused = (each: Outcome) => each.kind === "refused" && !LEFT.has(each.code);
    if (stored !== undefined && sent.outcomes.every(isRefused))
      report("refused", `The log has the ${op} ${id}, refused with ${outcome.code}.`);
  } else checkAcknowledged(sent, outcome.seq, log, report);
}

function checkAcknowledged(sent: SentOperation, seq: number, log: LogIndex, report: Report): void {
  const { id, op } = sent;
  const [stored] = log.byId(id);
  if (stored === undefined) {
    const isHidden = op === "append" && log.isJoined(seq);
    if (!log.isTrimmed(seq) && !isReaction(op) && !isHidden)
      report("lost", `The log lacks the ${op} ${id}, acknowledged at ${seq}.`);
    return;
  }
  // A reaction without an effect is acknowledged, and not stored. Sent again later, it may have one.
  if (stored.seq !== seq && (stored.seq < seq || !isReaction(op))) {
    report("moved", `The log has the ${op} ${id} at ${stored.seq}, not at ${seq}.`);
    return;
  }
  const operation = log.operationAt(stored.seq);
  const difference = operation === undefined ? "it is a message" : differenceOf(sent, operation, log);
  if (difference !== undefined) report("altered", `Of the ${op} ${id} at ${seq}, ${difference}.`);
}

function differenceOf(sent: SentOperation, stored: LogOperation, log: LogIndex): string | undefined {
  if (stored.target !== sent.target) return `the target is ${stored.target}, not ${sent.target}`;
  // Edits and appends of a deleted message lose their content.
  const isTrimmed = log.isTrimmed(sent.target);
  if (stored.op === "delete" && (isTrimmed || log.isDeleted(sent.target))) return undefined;
  // Those of a message that retention removed are appends of nothing.
  if (isTrimmed && stored.op === "append" && stored.offset === 0 && stored.data !== undefined) {
    if (dataKey(stored.data) === NOTHING) return undefined;
  }
  if (stored.op !== sent.op) return `the operation is ${stored.op}`;
  if (stored.key !== sent.key) return `the key is ${stored.key}, not ${sent.key}`;
  const isSame =
    stored.data === undefined || sent.data === undefined || dataKey(stored.data) === dataKey(sent.data);
  return isSame || log.isJoined(stored.seq) ? undefined : "the data is different";
}

/** The log must have only operations that a client sent, and that it was allowed to do. */
export function checkLogOperations(log: LogIndex, members: readonly MemberRecord[]): Violation[] {
  const { room, operations } = log.record;
  const violations: Violation[] = [];
  const report: Report = (kind, sentence) => void violations.push({ kind, room, sentence });
  const sent = new Map(members.flatMap((member) => member.operations.map((each) => [each.id, member])));
  for (const { seq, id, op, target, from } of operations) {
    const by = sent.get(id);
    if (by === undefined) {
      report("unknown-message", `No client sent the ${op} ${id} at ${seq}.`);
      continue;
    }
    if (from !== by.member) report("altered", `The ${op} ${id} of ${by.member} is by ${from}.`);
    const author = log.at(target)?.from;
    const mayModerate = by.moderator === true && op !== "append";
    if (!isReaction(op) && author !== undefined && author !== from && !mayModerate)
      report("not-allowed", `${by.client} did the ${op} ${id} to the message ${target} of ${author}.`);
  }
  return violations;
}

function isReaction(op: LogOperation["op"]): boolean {
  return op === "react" || op === "unreact";
}
