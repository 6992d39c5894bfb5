import { DormouseError } from "../../protocol/codes.ts";
import { REACTION_KEYS } from "../../protocol/limits.ts";
import type { StreamState } from "../../protocol/operations.ts";
import { checkStreamData } from "../../protocol/stream-data.ts";
import type { RoomLog } from "../log/log.ts";
import type { PendingOperation, PendingText } from "../publish/pending-message.ts";
import { appended, deleted, edited, type Form, reacted, textOf, withRow } from "./form.ts";
import type { FormRows } from "./form-rows.ts";
import type { MessageForms } from "./message-forms.ts";
import { redact } from "./redaction.ts";

/** The form of an open stream is stored this often: milliseconds. Until then, its last appends are in the log only. */
const STORE_MS = 5000;

/** Streams of a room that have not ended, and when to try again. */
const OPEN_STREAMS = 1000;
const OPEN_STREAMS_RETRY_MS = 30_000;

/** Bytes of the messages that the operations of one flush change, and when to try again. */
const MAX_BYTES = 16 * 1024 * 1024;
const RETRY_MS = 1000;

type Parts = {
  log: RoomLog;
  forms: MessageForms;
  rows: FormRows;
  messageBytes: number;
  now: number;
  at: number;
};
type ReactionChange = { target: number; member: string; key: string; isSet: boolean };

/**
 * The operations of one flush. They are checked one after the other, each against what those before it made. Nothing is changed until
 * `write`, and nothing in memory until `commit`.
 */
export class OperationPlan {
  readonly #parts: Parts;
  /** The forms that the operations so far make, by target. */
  readonly #forms = new Map<number, Form>();
  /** Targets that took nothing but appends. */
  readonly #streams = new Set<number>();
  /** Targets that took an append. */
  readonly #appended = new Set<number>();
  readonly #reactions: ReactionChange[] = [];
  readonly #deleted = new Map<number, Form>();
  /** Edits and appends of this flush, by target, with their seqs. */
  readonly #contents = new Map<number, { message: PendingOperation; seq: number }[]>();
  /** Messages whose text follows in appends. */
  #opened: number[] = [];
  readonly #inMemory: (() => void)[] = [];
  #bytes = 0;

  /** @param now the time by the clock; `at`: the time of the messages of the flush: milliseconds */
  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Takes an operation into the flush.
   * @param seq the one that it will have
   * @returns the seq of the operation that had the same effect before, where this one has none; else undefined
   * @throws DormouseError `invalid_target`, `forbidden`, `too_big`, `rate_limited`
   */
  accept(message: PendingOperation, seq: number): number | undefined {
    const { op } = message.operation;
    const form = this.targetOf(message);
    if (!this.#forms.has(form.seq) && this.#bytes + form.size > MAX_BYTES) {
      const why = "The room has more operations to store than it takes at a time; send it again.";
      throw new DormouseError("rate_limited", why, RETRY_MS);
    }
    if (op === "react" || op === "unreact") return this.#react(message, form, seq);
    if (op === "append") this.#append(message, form, seq);
    else this.#change(message, form, seq);
    return undefined;
  }

  /**
   * The message that an operation changes, as those before it in the flush made it.
   * @throws DormouseError `invalid_target`, `forbidden`
   */
  targetOf({ operation: { op, target, epoch }, by }: PendingOperation): Form {
    if (epoch !== undefined && epoch !== this.#parts.log.epoch)
      throw new DormouseError("invalid_target", `The room was erased since it had that message ${target}.`);
    const form = this.#forms.get(target) ?? this.#parts.forms.get(target);
    if (form === undefined) {
      const why = `The room has no message ${target} that operations can change.`;
      throw new DormouseError("invalid_target", why);
    }
    if (form.deleted) throw new DormouseError("invalid_target", `The message ${target} was deleted.`);
    const isAuthor = by.member === form.from;
    if ((op === "edit" || op === "delete") && !isAuthor && !by.can("moderate"))
      throw new DormouseError("forbidden", `Only its author and moderators may ${op} the message ${target}.`);
    if (op === "append" && !isAuthor && by.author !== undefined)
      throw new DormouseError("forbidden", `Only its author may append to the message ${target}.`);
    return form;
  }

  /**
   * Takes a message into the flush whose text follows in appends.
   * @throws DormouseError `invalid_event`, `rate_limited`
   */
  openStream({ data }: PendingText, seq: number): void {
    checkStreamData(data);
    const { openStreams } = this.#parts.forms;
    if (openStreams.size + this.#opened.length >= OPEN_STREAMS) {
      const why = `The room has ${OPEN_STREAMS} streams that have not ended. Try again later.`;
      throw new DormouseError("rate_limited", why, OPEN_STREAMS_RETRY_MS);
    }
    this.#opened.push(seq);
  }

  /** The messages from a seq on are refused after all, such as those of a batch. They open no streams. */
  refuseFrom(seq: number): void {
    this.#opened = this.#opened.filter((each) => each < seq);
  }

  /** The messages whose content it removes, by seq. */
  get deleted(): readonly number[] {
    return [...this.#deleted.keys()];
  }

  /** Writes the forms. @param rowOf the first seq of the row that stores a message of this flush */
  write(rowOf: (seq: number) => number): void {
    const { log, rows } = this.#parts;
    rows.create();
    this.#noteRows(rowOf);
    for (const { target, member, key, isSet } of this.#reactions)
      rows.setReaction(target, member, key, isSet);
    for (const [target, before] of this.#deleted) {
      rows.deleteReactions(target);
      this.#inMemory.push(...redact(log, before, this.#forms.get(target)?.version ?? 0));
    }
    for (const form of this.#forms.values()) this.#writeForm(form);
    for (const seq of this.#opened) this.#noteOpenStream(seq, this.#forms.get(seq)?.stream ?? "open");
  }

  /** Adds to each form the rows of this flush that hold content of it. */
  #noteRows(rowOf: (seq: number) => number): void {
    for (const [target, contents] of this.#contents) {
      const form = this.#forms.get(target);
      if (form === undefined || form.deleted) continue;
      const noted = contents.reduce((changed, { seq }) => withRow(changed, rowOf(seq)), form);
      this.#forms.set(target, noted);
    }
  }

  #noteOpenStream(seq: number, state: StreamState | undefined): void {
    const { rows, forms, now } = this.#parts;
    if (state === "open") {
      if (!forms.openStreams.has(seq)) rows.list("open_streams", seq);
      this.#inMemory.push(() => void forms.openStreams.set(seq, now));
    } else {
      rows.unlist("open_streams", seq);
      this.#inMemory.push(() => void forms.openStreams.delete(seq));
    }
  }

  #writeForm(form: Form): void {
    const { rows, forms, now } = this.#parts;
    const { seq, stream } = form;
    // Only appends put off the end of a stream whose publisher is gone.
    if (stream === "open" ? this.#appended.has(seq) : forms.openStreams.has(seq))
      this.#noteOpenStream(seq, stream);
    const open = forms.streams.get(seq);
    const fits = open !== undefined || forms.takesStream(form);
    if (!this.#streams.has(seq) || !fits) {
      rows.put(form);
      if (open !== undefined) rows.unlist("streams", seq);
      this.#inMemory.push(() => forms.set(form, undefined));
      return;
    }
    const isStored = open !== undefined && now - open.storedAt >= STORE_MS;
    if (isStored) rows.put(form);
    if (open === undefined) rows.list("streams", seq);
    const storedAt = isStored ? now : (open?.storedAt ?? now);
    this.#inMemory.push(() => forms.set(form, { storedAt, appendedAt: now }));
  }

  /** Changes the forms in memory, and what is in memory of rows that lost their content. */
  commit(): void {
    for (const change of this.#inMemory) change();
  }

  #change(message: PendingOperation, form: Form, seq: number): void {
    const { operation, json } = message;
    if (operation.op === "edit" && json !== undefined) {
      const next = edited(form, json, seq, this.#parts.at);
      if (form.stream === "open") checkStreamData(next.data);
      this.#note(message, seq);
      this.#put(next, false);
      return;
    }
    for (const { message: content } of this.#contents.get(form.seq) ?? []) content.redact();
    this.#contents.delete(form.seq);
    // Its rows before this flush hold its content. Those of this flush do not any more.
    this.#deleted.set(form.seq, this.#parts.forms.get(form.seq) ?? form);
    this.#put(deleted(form, seq), false);
  }

  #append(message: PendingOperation, form: Form, seq: number): void {
    const { json = '""' } = message;
    const { messageBytes } = this.#parts;
    const text = textOf(form);
    if (text === undefined) {
      const why = `The message ${form.seq} has no text to append to: it is neither a string nor an object with a text.`;
      throw new DormouseError("invalid_target", why);
    }
    const { end } = message.operation;
    const piece: string = JSON.parse(json);
    const next = appended(form, { text, piece, end, version: seq });
    // The quotes around a string do not count. An append without text is taken: it may end a stream.
    if (piece !== "" && next.size > messageBytes + (typeof form.data === "string" ? 2 : 0))
      throw new DormouseError(
        "too_big",
        `A message has at most ${messageBytes} bytes, with all that is appended.`,
      );
    message.offset = text.length;
    this.#note(message, seq);
    this.#put(next, end === undefined && this.#isStream(form));
    this.#appended.add(form.seq);
  }

  /** Whether the form of a message is still one that appends alone have changed since it was stored. */
  #isStream(form: Form): boolean {
    return this.#streams.has(form.seq) || !this.#forms.has(form.seq);
  }

  #react(message: PendingOperation, form: Form, seq: number): number | undefined {
    const { by, operation } = message;
    const { key = "" } = operation;
    const isSet = operation.op === "react";
    const { rows } = this.#parts;
    const change = this.#reactions.findLast(
      (each) => each.target === form.seq && each.member === by.member && each.key === key,
    );
    const wasSet = change?.isSet ?? rows.hasReaction(form.seq, by.member, key);
    if (wasSet === isSet) return form.version || form.seq;
    if (isSet) this.#checkReactions(form, by.member, key);
    this.#reactions.push({ target: form.seq, member: by.member, key, isSet });
    this.#put(reacted(form, key, by.member, isSet, seq), false);
    return undefined;
  }

  #checkReactions(form: Form, member: string, key: string): void {
    const isNew = !Object.hasOwn(form.reactions, key);
    if (isNew && Object.keys(form.reactions).length >= REACTION_KEYS.message)
      throw new DormouseError(
        "too_big",
        `A message has at most ${REACTION_KEYS.message} different reactions.`,
      );
    const pending = this.#reactions.filter((each) => each.target === form.seq && each.member === member);
    const change = pending.reduce((sum, { isSet }) => sum + (isSet ? 1 : -1), 0);
    if (this.#parts.rows.countReactions(form.seq, member) + change >= REACTION_KEYS.member)
      throw new DormouseError("too_big", `You have at most ${REACTION_KEYS.member} reactions on a message.`);
  }

  #note(message: PendingOperation, seq: number): void {
    const { target } = message.operation;
    this.#contents.set(target, [...(this.#contents.get(target) ?? []), { message, seq }]);
  }

  #put(form: Form, isStream: boolean): void {
    this.#bytes += form.size - (this.#forms.get(form.seq)?.size ?? 0);
    this.#forms.set(form.seq, form);
    if (isStream) this.#streams.add(form.seq);
    else this.#streams.delete(form.seq);
  }
}
