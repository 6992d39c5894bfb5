import type { Entry, MemberRecord, Sent } from "../records.ts";
import { type LogIndex, sameness } from "./log-index.ts";
import type { Breach, BreachKind } from "./violation.ts";

/** Refusals that say nothing of where the message is: its publisher went away before it heard. */
const AWAY: ReadonlySet<string> = new Set(["left", "closed"]);

type Tell = (kind: BreachKind, sentence: string) => void;

/** What a member sent: settled, and where it was acknowledged, on disk as it was sent and where it was said to be. */
export function checkSent({ room, client, sent }: MemberRecord, log: LogIndex): Breach[] {
  const breaches: Breach[] = [];
  const tell: Tell = (kind, sentence) => void breaches.push({ kind, room, client, sentence });
  sent.forEach((each, i) => void checkOutcome(each, `the publish no. ${i + 1} of ${client}`, log, tell));
  return breaches;
}

function checkOutcome({ data, outcome }: Sent, what: string, log: LogIndex, tell: Tell): void {
  if (outcome.kind === "open") tell("unsettled", `Nobody heard what became of ${what}.`);
  else if (outcome.kind === "acknowledged") {
    const { id, seq } = outcome;
    if (log.isGone(seq)) return;
    const [there] = log.withId(id);
    if (there === undefined) tell("lost", `The log lacks ${what}, acknowledged as ${id} at ${seq}.`);
    else if (there.seq !== seq) tell("moved", `The log has ${what} at ${there.seq}, not at ${seq}.`);
    else if (sameness(there.data) !== sameness(data)) tell("altered", `The log has other data for ${what}.`);
  } else if (!AWAY.has(outcome.code)) {
    const [there] = log.withData(data);
    if (there !== undefined)
      tell("refused", `The log has ${what} at ${there.seq}, refused: ${outcome.code}.`);
  }
}

/** What a member got: all that the log holds from where it began, each once, in order, but for what it was told. */
export function checkMember(member: MemberRecord, log: LogIndex, replay: number): Breach[] {
  const { room, client, entries } = member;
  const breaches: Breach[] = [];
  const walk = new Walk(
    member,
    log,
    replay,
    (kind, sentence) => void breaches.push({ kind, room, client, sentence }),
  );
  for (const entry of entries) walk.step(entry);
  walk.end();
  return breaches;
}

type Position = { epoch: string; seq: number };

/** Follows a member from place to place. */
class Walk {
  readonly #client: string;
  readonly #log: LogIndex;
  readonly #replay: number;
  readonly #history: number;
  readonly #tell: Tell;
  /** The last that it has, or what lies before all that it asked for. */
  #position: Position | undefined;
  /** Told of a gap, and not yet welcomed after that. */
  #told = false;

  constructor({ client, history }: MemberRecord, log: LogIndex, replay: number, tell: Tell) {
    this.#client = client;
    this.#log = log;
    this.#replay = replay;
    this.#history = Math.min(history, replay);
    this.#tell = tell;
  }

  step(entry: Entry): void {
    if (entry.kind === "message") this.#message(entry);
    else if (entry.kind === "gap") this.#gap(entry);
    else if (entry.kind === "welcome") this.#welcome(entry);
  }

  end(): void {
    const { epoch, last } = this.#log;
    const position = this.#position;
    if (position === undefined) this.#tell("behind", `${this.#client} was never let in.`);
    else if (position.epoch !== epoch || position.seq !== last) {
      const end = `ended at ${place(position)}, and the log at ${epoch}.${last}`;
      this.#tell("behind", `${this.#client} ${end}.`);
    }
  }

  #message({ epoch, seq, id }: Extract<Entry, { kind: "message" }>): void {
    const position = this.#position;
    const what = `${this.#client} was given ${epoch}.${seq} (${id})`;
    if (position === undefined) this.#tell("gap", `${what} before it was welcomed.`);
    else if (epoch !== position.epoch || seq > position.seq + 1) {
      this.#tell("gap", `${what} after ${place(position)}, and was told of no gap.`);
    } else if (seq <= position.seq) this.#tell("repeat", `${what} when it had all up to ${place(position)}.`);
    const kept = epoch === this.#log.epoch && (this.#log.isGone(seq) || this.#log.at(seq) !== undefined);
    if (!kept) this.#tell("vanished", `${what}, and the log lacks it.`);
    this.#position = { epoch, seq };
  }

  #gap({ epoch, seq, reason }: Extract<Entry, { kind: "gap" }>): void {
    const position = this.#position;
    this.#told = true;
    if (position === undefined || !this.#isTrue(reason, position, { epoch, seq })) {
      const where = position === undefined ? "nowhere" : `at ${place(position)}`;
      this.#tell("pretext", `${this.#client}, ${where}, was told "${reason}" by a room at ${epoch}.${seq}.`);
    }
    this.#begin({ epoch, seq });
  }

  #isTrue(reason: string, from: Position, now: Position): boolean {
    if (reason === "epoch") return from.epoch !== now.epoch;
    if (from.epoch !== now.epoch) return false;
    if (reason === "ahead") return from.seq > now.seq;
    if (reason === "trimmed") return this.#log.isGone(from.seq + 1);
    return reason === "too_many" && now.seq - from.seq > this.#replay;
  }

  #welcome({ epoch, seq, resumed }: Extract<Entry, { kind: "welcome" }>): void {
    const position = this.#position;
    if (resumed) {
      if (position?.epoch !== epoch || position.seq > seq) {
        const from = position === undefined ? "nowhere" : place(position);
        this.#tell("false-resume", `${this.#client} was to go on from ${from} in a room at ${epoch}.${seq}.`);
      }
    } else if (position === undefined) this.#begin({ epoch, seq });
    else if (!this.#told) {
      this.#tell("untold", `${this.#client}, at ${place(position)}, was not told why it could not go on.`);
      this.#begin({ epoch, seq });
    }
    this.#told = false;
  }

  /** Begins anew, in a room that stands there: with the history that was asked for, but for what was seen before. */
  #begin({ epoch, seq }: Position): void {
    const before = Math.max(0, seq - this.#history);
    const had = this.#position?.epoch === epoch && this.#position.seq <= seq ? this.#position.seq : 0;
    this.#position = { epoch, seq: Math.max(before, had) };
  }
}

function place({ epoch, seq }: Position): string {
  return `${epoch}.${seq}`;
}
