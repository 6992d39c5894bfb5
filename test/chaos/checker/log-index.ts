import type { Data, LogMessage, LogRecord } from "../records.ts";

/** The log of a room, indexed by seq, id and data. */
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
      put(this.#byData, dataKey(message.data), message);
      put(this.#byPlain, plainDataKey(message.data), message);
    }
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

  byId(id: string): readonly LogMessage[] {
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

function put(map: Map<string, LogMessage[]>, key: string, message: LogMessage): void {
  const messages = map.get(key);
  if (messages === undefined) map.set(key, [message]);
  else messages.push(message);
}
