import type { LogMessage } from "../../protocol/down.ts";
import type { RoomLog } from "../log/log.ts";
import { logMessages } from "../log/segment.ts";
import { appended, type Form, originalForm, storedForm, textOf, withRow } from "./form.ts";
import type { FormRow, FormRows } from "./form-rows.ts";
import { dropContents } from "./redaction.ts";

/** The forms in memory: bytes of their data, with an overhead for each. */
const CACHE_BYTES = 4 * 1024 * 1024;
const OVERHEAD = 512;

/** The current form of each message that operations changed: in memory, in a table, or to be made from the log. */
export class MessageForms {
  readonly #log: RoomLog;
  readonly #rows: FormRows;
  /** The least recently used first. */
  readonly #cache = new Map<number, Form>();
  #cacheBytes = 0;
  /** Messages whose last appends are not in their stored form, with the time at which it was stored: milliseconds. */
  #streams: Map<number, { form: Form; storedAt: number; appendedAt: number }> | undefined;
  #openStreams: Map<number, number> | undefined;

  constructor(log: RoomLog, rows: FormRows) {
    this.#log = log;
    this.#rows = rows;
  }

  /** Whether any message may have another form than the stored one. Where not, nothing else here is asked. */
  get exist(): boolean {
    return this.#rows.exist;
  }

  /** The form of a message; undefined where the log has no such message, or it is an operation. */
  get(target: number): Form | undefined {
    if (target <= this.#log.floor || target > this.#log.last) return undefined;
    const open = this.streams.get(target)?.form;
    if (open !== undefined) return open;
    const cached = this.#cache.get(target);
    if (cached !== undefined) {
      this.#cache.delete(target);
      this.#cache.set(target, cached);
      return cached;
    }
    const form = this.#read(target);
    if (form !== undefined) this.#remember(form);
    return form;
  }

  /** The form of a message that has a stored form or an open stream; undefined for a message that nothing changed. */
  changed(message: LogMessage, row: FormRow | undefined): Form | undefined {
    const open = this.#rows.exist ? this.streams.get(message.seq)?.form : undefined;
    if (open !== undefined) return open;
    return row === undefined ? undefined : storedForm(originalForm(message), row);
  }

  /** The bytes of the changed data of messages from `first` to `last`, by seq. */
  sizesBetween(first: number, last: number): Map<number, number> {
    const sizes = this.#rows.sizesBetween(first, last);
    if (this.#rows.exist)
      for (const [seq, { form }] of this.streams) if (seq >= first && seq <= last) sizes.set(seq, form.size);
    return sizes;
  }

  /** Open streams, by target. After a wake, their forms are made from the log. */
  get streams(): Map<number, { form: Form; storedAt: number; appendedAt: number }> {
    this.#streams ??= this.#restoreStreams();
    return this.#streams;
  }

  /** Whether the form of one more stream may stay in memory alone. Where not, it is stored with each flush. */
  takesStream({ size }: Form): boolean {
    let bytes = size;
    for (const { form } of this.streams.values()) bytes += form.size + OVERHEAD;
    return bytes <= CACHE_BYTES;
  }

  /** Streams that have not ended, by their messages, with the time of their last operation: milliseconds. */
  get openStreams(): Map<number, number> {
    this.#openStreams ??= new Map(
      this.#rows.listed("open_streams").map((seq) => [seq, this.#lastChange(seq)]),
    );
    return this.#openStreams;
  }

  /** When a message got its text, or the last edit or append. Reactions do not count. */
  #lastChange(target: number): number {
    const { rows, version = 0 } = this.get(target) ?? {};
    const segment = this.#log.segmentOf((rows === undefined ? version : rows.at(-1)) || target);
    if (segment === undefined) return 0;
    const last = logMessages(segment).findLast(({ seq, ...of }) => seq === target || of.target === target);
    return last?.at ?? segment.at;
  }

  /** Puts a form of a flush that is stored. @param stream whether its last appends are only in the log */
  set(form: Form, stream: { storedAt: number; appendedAt: number } | undefined): void {
    this.#forget(form.seq);
    if (stream === undefined) {
      this.streams.delete(form.seq);
      this.#remember(form);
    } else this.streams.set(form.seq, { form, ...stream });
  }

  /** Forgets the messages up to `floor`. */
  trim(floor: number): void {
    if (!this.#rows.exist) return;
    const contents = this.#rows.contentsUpTo(floor);
    for (const [seq, { form }] of this.streams) if (seq <= floor) contents.set(seq, form.rows);
    if (contents.size > 0) dropContents(this.#log, contents);
    for (const seq of [...this.#cache.keys()]) if (seq <= floor) this.#forget(seq);
    for (const seq of [...this.streams.keys()]) if (seq <= floor) this.streams.delete(seq);
    for (const seq of [...this.openStreams.keys()]) if (seq <= floor) this.openStreams.delete(seq);
    this.#rows.trim(floor);
  }

  /** The state in memory may be wrong, so all of it is read again. */
  reset(): void {
    this.#cache.clear();
    this.#cacheBytes = 0;
    this.#streams = undefined;
    this.#openStreams = undefined;
    this.#rows.forget();
  }

  #read(target: number): Form | undefined {
    const segment = this.#log.segmentOf(target);
    const message =
      segment === undefined ? undefined : logMessages(segment).find(({ seq }) => seq === target);
    if (message === undefined || message.op !== undefined) return undefined;
    const original = originalForm(message);
    const row = this.#rows.get(target);
    return row === undefined ? original : storedForm(original, row);
  }

  /** Applies the appends since each stored form. There are few: an open stream is stored every few seconds. */
  #restoreStreams(): Map<number, { form: Form; storedAt: number; appendedAt: number }> {
    const forms = new Map<number, Form>();
    for (const target of this.#rows.listed("streams")) {
      const form = target > this.#log.floor ? this.#read(target) : undefined;
      if (form !== undefined && !form.deleted) forms.set(target, form);
    }
    if (forms.size === 0) return new Map();
    const since = Math.min(...[...forms.values()].map(({ seq, version }) => Math.max(seq, version)));
    for (const segment of this.#log.operationsAfter(since)) {
      for (const { op, target = 0, data, offset = 0, seq, end } of logMessages(segment).flatMap(withData)) {
        const form = forms.get(target);
        const text = form === undefined ? undefined : textOf(form);
        if (op !== "append" || form === undefined || text === undefined || seq <= form.version) continue;
        // A row may begin before the stored form.
        const piece = String(data).slice(text.length - offset);
        const next = appended(form, { text, piece, end, version: seq });
        forms.set(target, withRow(next, segment.first));
      }
    }
    const now = Date.now();
    return new Map([...forms].map(([seq, form]) => [seq, { form, storedAt: 0, appendedAt: now }]));
  }

  #remember(form: Form): void {
    this.#cache.set(form.seq, form);
    this.#cacheBytes += form.size + OVERHEAD;
    for (const seq of this.#cache.keys()) {
      if (this.#cacheBytes <= CACHE_BYTES) return;
      this.#forget(seq);
    }
  }

  #forget(seq: number): void {
    const form = this.#cache.get(seq);
    if (form === undefined) return;
    this.#cache.delete(seq);
    this.#cacheBytes -= form.size + OVERHEAD;
  }
}

type OperationMessage = LogMessage & { data?: unknown };

function withData(message: LogMessage): OperationMessage[] {
  return "binary" in message ? [] : [message];
}
