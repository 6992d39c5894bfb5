import type { Data, LogMessage, LogRecord } from "../records.ts";

/** The history of a room, by all that one may ask of it. */
export class LogIndex {
  readonly record: LogRecord;
  readonly last: number;
  readonly #bySeq = new Map<number, LogMessage>();
  readonly #byId = new Map<string, LogMessage[]>();
  readonly #byData = new Map<string, LogMessage[]>();
  readonly #byPlain = new Map<string, LogMessage[]>();

  constructor(record: LogRecord) {
    this.record = record;
    this.last = record.messages.at(-1)?.seq ?? record.floor;
    for (const message of record.messages) {
      this.#bySeq.set(message.seq, message);
      put(this.#byId, message.id, message);
      put(this.#byData, sameness(message.data), message);
      put(this.#byPlain, plainSameness(message.data), message);
    }
  }

  get epoch(): string {
    return this.record.epoch;
  }

  /** Whether this was trimmed, so that its absence says nothing. */
  isGone(seq: number): boolean {
    return seq <= this.record.floor;
  }

  at(seq: number): LogMessage | undefined {
    return this.#bySeq.get(seq);
  }

  withId(id: string): readonly LogMessage[] {
    return this.#byId.get(id) ?? [];
  }

  withData(data: Data): readonly LogMessage[] {
    return this.#byData.get(sameness(data)) ?? [];
  }

  /** Those that a plain socket gets as this. */
  shownAs(data: Data): readonly LogMessage[] {
    return this.#byPlain.get(plainSameness(data)) ?? [];
  }
}

/** Two data are the same where this is. */
export function sameness(data: Data): string {
  return JSON.stringify(data);
}

/** To a plain socket a string comes as it is, other JSON as JSON text, bytes as bytes. */
export function plainSameness(data: Data): string {
  if ("base64" in data) return `bytes ${data.base64}`;
  return `text ${typeof data.json === "string" ? data.json : JSON.stringify(data.json)}`;
}

function put(map: Map<string, LogMessage[]>, key: string, message: LogMessage): void {
  const others = map.get(key);
  if (others === undefined) map.set(key, [message]);
  else others.push(message);
}
