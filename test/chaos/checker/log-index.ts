import type { Data, LogMessage, LogOperation, LogRecord, MemberRecord } from "../records.ts";

/** The log of a room, indexed by seq, id and data. It also knows what members received before it was trimmed or deleted. */
export class LogIndex {
  readonly record: LogRecord;
  readonly last: number;
  readonly #bySeq = new Map<number, LogMessage>();
  readonly #operations = new Map<number, LogOperation>();
  readonly #byId = new Map<string, (LogMessage | LogOperation)[]>();
  readonly #byData = new Map<string, LogMessage[]>();
  readonly #byPlain = new Map<string, LogMessage[]>();
  /** The messages that members received, by seq. A message is here as it was sent. */
  readonly #seen = new Map<number, "message" | "operation">();
  readonly #joined = new Set<number>();

  constructor(record: LogRecord, members: readonly MemberRecord[] = []) {
    this.record = record;
    const { messages, operations, joined } = record;
    this.last = Math.max(record.last, messages.at(-1)?.seq ?? 0, operations.at(-1)?.seq ?? 0, record.floor);
    for (const message of messages) {
      this.#bySeq.set(message.seq, message);
      put(this.#byId, message.id, message);
      if (message.data === undefined) continue;
      put(this.#byData, dataKey(message.data), message);
      put(this.#byPlain, plainDataKey(message.data), message);
    }
    for (const operation of operations) {
      this.#operations.set(operation.seq, operation);
      put(this.#byId, operation.id, operation);
    }
    for (const [first, last] of joined) for (let seq = first; seq <= last; seq++) this.#joined.add(seq);
    for (const { events } of members) for (const event of events) this.#see(event);
  }

  #see(event: MemberRecord["events"][number]): void {
    if ((event.kind !== "message" && event.kind !== "operation") || event.epoch !== this.epoch) return;
    const isNew = !this.#seen.has(event.seq);
    this.#seen.set(event.seq, event.kind);
    // A deleted message has lost its data in the log.
    const isLost = this.#bySeq.get(event.seq)?.data === undefined;
    if (
      isNew &&
      isLost &&
      event.kind === "message" &&
      event.version === undefined &&
      event.data !== undefined
    )
      put(this.#byPlain, plainDataKey(event.data), event);
  }

  get epoch(): string {
    return this.record.epoch;
  }

  /** Whether this message was trimmed, so that its absence is no violation. */
  isTrimmed(seq: number): boolean {
    return seq <= this.record.floor;
  }

  at(seq: number): LogMessage | undefined {
    return this.#bySeq.get(seq);
  }

  operationAt(seq: number): LogOperation | undefined {
    return this.#operations.get(seq);
  }

  isDeleted(seq: number): boolean {
    return this.#bySeq.get(seq)?.deleted === true;
  }

  /** Whether the log has joined this append with others, so that it may not have it on its own. */
  isJoined(seq: number): boolean {
    return this.#joined.has(seq);
  }

  /** Undefined for what is trimmed, and was received by nobody, and for what the log lacks. */
  kindOf(seq: number): "message" | "operation" | undefined {
    if (this.#bySeq.has(seq)) return "message";
    if (this.#operations.has(seq) || this.#joined.has(seq)) return "operation";
    return this.#seen.get(seq);
  }

  /** Whether a client need not get this seq. @param freshUntil up to here it gets messages in their current form, without operations */
  maySkip(seq: number, freshUntil: number): boolean {
    const kind = this.kindOf(seq);
    if (kind === "operation") return seq <= freshUntil || this.#joined.has(seq) || this.isTrimmed(seq);
    return kind === undefined && this.isTrimmed(seq);
  }

  /** The seq before the newest `count` messages up to `seq`. Operations do not count. */
  beforeNewest(count: number, seq: number): number {
    let before = seq;
    let missing = count;
    for (; before > 0 && missing > 0; before--) if (this.kindOf(before) === "message") missing--;
    return before;
  }

  byId(id: string): readonly (LogMessage | LogOperation)[] {
    return this.#byId.get(id) ?? [];
  }

  byData(data: Data): readonly LogMessage[] {
    return this.#byData.get(dataKey(data)) ?? [];
  }

  /** The messages that a plain socket receives as this data. */
  byPlainData(data: Data): readonly LogMessage[] {
    return this.#byPlain.get(plainDataKey(data)) ?? [];
  }
}

/** Equal for equal data. */
export function dataKey(data: Data): string {
  return JSON.stringify(data);
}

/** Equal for data that a plain socket cannot tell apart: it gets a string as it is, and other JSON as JSON text. */
export function plainDataKey(data: Data): string {
  if ("base64" in data) return `bytes ${data.base64}`;
  return `text ${typeof data.json === "string" ? data.json : JSON.stringify(data.json)}`;
}

function put<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
