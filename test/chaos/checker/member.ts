import type { MemberEvent, MemberRecord, Sent } from "../records.ts";
import { dataKey, type LogIndex } from "./log-index.ts";
import type { Report, Violation } from "./violation.ts";

/** After these refusals the message may still be in the log: the publisher left before the answer. */
const LEFT: ReadonlySet<string> = new Set(["left", "closed"]);

/** Each publish must be settled. An acknowledged one must be in the log, unchanged and at its seq. */
export function checkSent({ room, client, sent }: MemberRecord, log: LogIndex): Violation[] {
  const violations: Violation[] = [];
  const report: Report = (kind, sentence) => void violations.push({ kind, room, client, sentence });
  sent.forEach((each, i) => void checkOutcome(each, `publish ${i + 1} of ${client}`, log, report));
  return violations;
}

function checkOutcome({ data, outcome }: Sent, publish: string, log: LogIndex, report: Report): void {
  if (outcome.kind === "open") report("unsettled", `The ${publish} has no outcome.`);
  else if (outcome.kind === "acknowledged") {
    const { id, seq } = outcome;
    if (log.isTrimmed(seq)) return;
    const [stored] = log.byId(id);
    const message = log.at(seq);
    if (stored === undefined) report("lost", `The log lacks ${publish}, acknowledged as ${id} at ${seq}.`);
    else if (stored.seq !== seq) report("moved", `The log has ${publish} at ${stored.seq}, not at ${seq}.`);
    else if (message?.data !== undefined && dataKey(message.data) !== dataKey(data))
      report("altered", `The log has other data for ${publish}.`);
  } else if (!LEFT.has(outcome.code)) {
    const [stored] = log.byData(data);
    if (stored !== undefined)
      report("refused", `The log has ${publish} at ${stored.seq}, refused with ${outcome.code}.`);
  }
}

/** A member must get every message from its start once and in order, except those that a gap event reports. */
export function checkMember(member: MemberRecord, log: LogIndex, replay: number): Violation[] {
  const { room, client, events } = member;
  const violations: Violation[] = [];
  const check = new MemberCheck(
    member,
    log,
    replay,
    (kind, sentence) => void violations.push({ kind, room, client, sentence }),
  );
  for (const event of events) check.step(event);
  check.end();
  return violations;
}

type Position = { epoch: string; seq: number };

/** Follows a member's position through its events. */
class MemberCheck {
  readonly #client: string;
  readonly #log: LogIndex;
  readonly #replay: number;
  readonly #history: number;
  readonly #report: Report;
  /** The last message that it has, or the position before the first that it must get. */
  #position: Position | undefined;
  /** Up to here it gets messages in their current form, without operations. */
  #freshUntil = 0;
  /** Whether a gap event came since the last welcome. */
  #gapReported = false;

  constructor({ client, history }: MemberRecord, log: LogIndex, replay: number, report: Report) {
    this.#client = client;
    this.#log = log;
    this.#replay = replay;
    this.#history = Math.min(history, replay);
    this.#report = report;
  }

  step(event: MemberEvent): void {
    if (event.kind === "message" || event.kind === "operation") this.#message(event);
    else if (event.kind === "gap") this.#gap(event);
    else if (event.kind === "welcome") this.#welcome(event);
  }

  end(): void {
    const { epoch, last } = this.#log;
    const position = this.#position;
    if (position === undefined) this.#report("incomplete", `${this.#client} never joined.`);
    else if (
      position.epoch !== epoch ||
      position.seq > last ||
      this.#missed(position, last + 1) !== undefined
    ) {
      const end = `ended at ${textOf(position)}, the log at ${epoch}.${last}`;
      this.#report("incomplete", `${this.#client} ${end}.`);
    }
  }

  /** The first seq between a position and `seq` that the member must get. */
  #missed(position: Position, seq: number): number | undefined {
    for (let each = position.seq + 1; each < seq; each++)
      if (!this.#log.maySkip(each, this.#freshUntil)) return each;
    return undefined;
  }

  #message({ epoch, seq, id }: Extract<MemberEvent, { kind: "message" | "operation" }>): void {
    const position = this.#position;
    const got = `${this.#client} got ${epoch}.${seq} (${id})`;
    if (position === undefined) this.#report("gap", `${got} before its welcome.`);
    else if (epoch !== position.epoch || this.#missed(position, seq) !== undefined) {
      this.#report("gap", `${got} after ${textOf(position)} without a gap event.`);
    } else if (seq <= position.seq)
      this.#report("redelivered", `${got} though it was at ${textOf(position)}.`);
    const isStored = epoch === this.#log.epoch && (this.#log.isTrimmed(seq) || this.#isStored(seq));
    if (!isStored) this.#report("not-in-log", `${got}, and the log lacks it.`);
    this.#position = { epoch, seq };
  }

  #isStored(seq: number): boolean {
    return (
      this.#log.at(seq) !== undefined || this.#log.operationAt(seq) !== undefined || this.#log.isJoined(seq)
    );
  }

  #gap({ epoch, seq, reason }: Extract<MemberEvent, { kind: "gap" }>): void {
    const position = this.#position;
    this.#gapReported = true;
    if (position === undefined || !this.#isRight(reason, position, { epoch, seq })) {
      const from = position === undefined ? "without a position" : `at ${textOf(position)}`;
      this.#report(
        "wrong-reason",
        `${this.#client}, ${from}, got "${reason}" from a room at ${epoch}.${seq}.`,
      );
    }
    this.#start({ epoch, seq });
  }

  #isRight(reason: string, from: Position, now: Position): boolean {
    if (reason === "epoch") return from.epoch !== now.epoch;
    if (from.epoch !== now.epoch) return false;
    if (reason === "ahead") return from.seq > now.seq;
    if (reason === "trimmed") return this.#log.isTrimmed(from.seq + 1);
    return reason === "too_many" && now.seq - from.seq > this.#replay;
  }

  #welcome({ epoch, seq, resumed }: Extract<MemberEvent, { kind: "welcome" }>): void {
    const position = this.#position;
    if (resumed && position?.seq === 0) {
      // A room without messages may have changed its epoch. Its client has missed nothing.
      this.#position = { epoch, seq: 0 };
    } else if (resumed) {
      if (position?.epoch !== epoch || position.seq > seq) {
        const from = position === undefined ? "no position" : textOf(position);
        this.#report("false-resume", `${this.#client} resumed from ${from} in a room at ${epoch}.${seq}.`);
      }
    } else if (position === undefined) this.#start({ epoch, seq });
    else if (!this.#gapReported) {
      this.#report(
        "unreported-gap",
        `${this.#client}, at ${textOf(position)}, did not resume, without a gap event.`,
      );
      this.#start({ epoch, seq });
    }
    this.#gapReported = false;
  }

  /** Starts anew in a room at this position: with the requested history, less what the member has already. */
  #start({ epoch, seq }: Position): void {
    this.#freshUntil = seq;
    const isKnown = epoch === this.#log.epoch;
    const before = isKnown ? this.#log.beforeNewest(this.#history, seq) : Math.max(0, seq - this.#history);
    const had = this.#position?.epoch === epoch && this.#position.seq <= seq ? this.#position.seq : 0;
    this.#position = { epoch, seq: Math.max(before, had) };
  }
}

function textOf({ epoch, seq }: Position): string {
  return `${epoch}.${seq}`;
}
