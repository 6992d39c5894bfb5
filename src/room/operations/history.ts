import { fromBase64 } from "../../protocol/base64.ts";
import { encodeBinary } from "../../protocol/binary.ts";
import type { HistoryMessage, LogMessage } from "../../protocol/down.ts";
import type { Reaction } from "../../protocol/operations.ts";
import type { RoomLog } from "../log/log.ts";
import { PAGE_BYTES, type PageRange, type RowOfPage, rangeOf } from "../log/pages.ts";
import {
  historyText,
  logMessages,
  messageTexts,
  OPERATION_PREFIX,
  type Segment,
  segmentAfter,
  sparseFrame,
} from "../log/segment.ts";
import type { Form } from "./form.ts";
import type { FormRows } from "./form-rows.ts";
import type { MessageForms } from "./message-forms.ts";

/** Bytes of the forms in one frame of a replay, unless a single one has more. */
const CURRENT_BYTES = 256 * 1024;

type Parts = { log: RoomLog; forms: MessageForms; rows: FormRows };

/**
 * The messages of the log in their current form, without the operations. In a room without operations, pages are cut out of the stored
 * rows without parsing.
 */
export class History {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The seq of the last operation on the messages of a page; 0 where there was none. It is part of the page's tag. */
  versionOf({ first, last }: PageRange): number {
    const { forms, rows } = this.#parts;
    if (!forms.exist || last === 0) return 0;
    const open = [...forms.streams.values()]
      .map(({ form }) => form)
      .filter(({ seq }) => seq >= first && seq <= last);
    return Math.max(rows.versionBetween(first, last), ...open.map(({ version }) => version));
  }

  /** A page of the last `limit` messages with a seq below `before`. */
  rangeBefore(before: number, limit: number): PageRange {
    const { log, forms } = this.#parts;
    if (!forms.exist) return log.pages.rangeBefore(before, limit);
    return rangeOf(log.pages.rowsBefore(before), limit, PAGE_BYTES, (row) =>
      this.#messagesOf(row, (seq) => seq < before).reverse(),
    );
  }

  /** A page of the first `limit` messages with a seq above `after`. */
  rangeAfter(after: number, limit: number): PageRange {
    const { log, forms } = this.#parts;
    if (!forms.exist) return log.pages.rangeAfter(after, limit);
    return rangeOf(log.pages.rowsAfter(after), limit, PAGE_BYTES, (row) =>
      this.#messagesOf(row, (seq) => seq > after),
    );
  }

  /** The messages of a page as a JSON array, oldest first. @param reader whose own reactions are marked */
  pageJson(range: PageRange, reader: string): string {
    const { log, forms } = this.#parts;
    if (!forms.exist) return log.pages.json(range);
    const texts: string[] = [];
    for (const segment of this.#segments(range)) texts.push(...this.#texts(segment, range, reader));
    return `[${texts.join(",")}]`;
  }

  /** The messages of a page, oldest first. */
  page(range: Pick<PageRange, "first" | "last">): HistoryMessage[] {
    const { forms } = this.#parts;
    const messages: HistoryMessage[] = [];
    for (const segment of this.#segments(range)) {
      const changes = forms.exist ? this.#formsOf(segment, range.first, range.last) : NONE;
      for (const message of logMessages(segment)) {
        const { seq } = message;
        if (message.op !== undefined || seq < range.first || seq > range.last) continue;
        messages.push(this.#current(message, changes.get(seq), undefined));
      }
    }
    return messages;
  }

  /** One message in its current form as JSON; undefined where the log has no such message. */
  message(seq: number, reader: string): string | undefined {
    const { log } = this.#parts;
    const segment = log.segmentOf(seq);
    if (segment === undefined) return undefined;
    return this.#texts(segment, { first: seq, last: seq }, reader)[0];
  }

  /**
   * The part of a segment from the seq after `sent` to `last`, with the messages in their current form and without operations. Operations
   * may have made it much larger than the row, so it comes in several segments.
   */
  *currentSegments(segment: Segment, sent: number, last: number, reader: string): Generator<Segment> {
    const sizes = this.#parts.forms.sizesBetween(Math.max(segment.first, sent + 1), last);
    let bytes = 0;
    let before = sent;
    for (const [seq, size] of [...sizes].sort(([a], [b]) => a - b)) {
      if (bytes > 0 && bytes + size > CURRENT_BYTES) {
        yield this.#currentSegment(segment, before, seq - 1, reader);
        before = seq - 1;
        bytes = 0;
      }
      bytes += size;
    }
    yield this.#currentSegment(segment, before, last, reader);
  }

  #currentSegment(segment: Segment, sent: number, last: number, reader: string): Segment {
    const { at, body, ops } = segment;
    const first = Math.max(segment.first, sent + 1);
    const changes = this.#formsOf(segment, first, last);
    if (ops === 0 && changes.size === 0 && last === segment.last) return segmentAfter(segment, sent);
    const [form] = changes.values();
    const [message] = typeof body === "string" ? [] : logMessages(segment);
    if (message !== undefined && "binary" in message && form?.isChanged !== true) {
      const { binary, ...header } = message;
      const extras = form === undefined ? {} : this.#extras(form, reader);
      return {
        ...segment,
        body: encodeBinary({ type: "message", ...header, ...extras }, fromBase64(binary)),
      };
    }
    const texts = this.#texts(segment, { first, last }, reader);
    return { ...segment, first, last, body: sparseFrame(first, last, at, texts), sizes: null, parts: null };
  }

  #segments({ first, last }: Pick<PageRange, "first" | "last">): Iterable<Segment> {
    return last === 0 ? [] : upTo(this.#parts.log.after(first - 1), last);
  }

  #texts(segment: Segment, { first, last }: { first: number; last: number }, reader: string): string[] {
    const from = Math.max(first, segment.first);
    const to = Math.min(last, segment.last);
    const changes = this.#parts.forms.exist ? this.#formsOf(segment, from, to) : NONE;
    if (segment.ops === 0 && changes.size === 0)
      return [historyText(segment, from, to)].filter((text) => text !== "");
    if (segment.parts !== null) return [];
    if (typeof segment.body !== "string")
      return logMessages(segment).map((message) =>
        JSON.stringify(this.#current(message, changes.get(message.seq), reader)),
      );
    const texts: string[] = [];
    messageTexts(segment).forEach((text, i) => {
      const seq = segment.first + i;
      if (seq < from || seq > to || text.startsWith(OPERATION_PREFIX)) return;
      const form = changes.get(seq);
      if (form === undefined) texts.push(`{"seq":${seq},"at":${segment.at},${text.slice(1)}`);
      else
        texts.push(JSON.stringify(this.#current({ seq, at: segment.at, ...JSON.parse(text) }, form, reader)));
    });
    return texts;
  }

  #current(message: LogMessage, form: Form | undefined, reader: string | undefined): HistoryMessage {
    if (form === undefined) return message;
    const { seq, at, id, from, name } = message;
    const base = { seq, at, id, from, name };
    const extras = this.#extras(form, reader);
    if (form.deleted) return { ...base, ...extras };
    if (!form.isChanged) return { ...message, ...extras };
    return { ...base, data: form.data, ...extras };
  }

  /** The fields that operations added to a message. */
  #extras({ seq, edited, deleted, reactions, version, stream }: Form, reader: string | undefined) {
    const keys = Object.keys(reactions);
    return {
      ...(edited === undefined ? {} : { edited }),
      ...(deleted ? { deleted: true as const } : {}),
      ...(stream === undefined ? {} : { stream }),
      ...(keys.length === 0
        ? {}
        : {
            reactions: Object.fromEntries(
              keys.map((key) => [key, this.#reaction(seq, key, reactions[key], reader)]),
            ),
          }),
      version,
    };
  }

  /** A reader who is not listed may be one of the others. */
  #reaction(
    seq: number,
    key: string,
    reaction: Reaction = { count: 0, members: [] },
    reader: string | undefined,
  ): Reaction {
    const { count, members } = reaction;
    if (reader === undefined) return { count, members };
    const mine =
      members.includes(reader) || (count > members.length && this.#parts.rows.hasReaction(seq, reader, key));
    return { count, members, mine };
  }

  /** The forms of the messages of a segment from `first` to `last` that operations changed, by seq. */
  #formsOf(segment: Segment, first: number, last: number): ReadonlyMap<number, Form> {
    const { forms, rows } = this.#parts;
    const [from, to] = [Math.max(first, segment.first), Math.min(last, segment.last)];
    const stored = new Map(rows.between(from, to).map((row) => [row.target, row]));
    const open = [...forms.streams.keys()].some((seq) => seq >= from && seq <= to);
    if (stored.size === 0 && !open) return NONE;
    const changed = new Map<number, Form>();
    for (const message of logMessages(segment)) {
      if (message.op !== undefined || message.seq < from || message.seq > to) continue;
      const form = forms.changed(message, stored.get(message.seq));
      if (form !== undefined) changed.set(message.seq, form);
    }
    return changed;
  }

  /** The messages of a row that pass, oldest first, with their sizes. A row of operations alone has none, and is not read. */
  #messagesOf(
    { first, last, ops, size }: RowOfPage,
    passes: (seq: number) => boolean,
  ): { seq: number; size: number }[] {
    const { log, forms } = this.#parts;
    const count = last - first + 1;
    if (ops === count) return [];
    const sizes = forms.sizesBetween(first, last);
    const each = size / count;
    const seqs =
      ops === 0 ? Array.from({ length: count }, (_, i) => first + i) : log.pages.messageSeqs(first);
    return seqs.filter(passes).map((seq) => ({ seq, size: Math.max(each, sizes.get(seq) ?? 0) }));
  }
}

const NONE: ReadonlyMap<number, Form> = new Map();

function* upTo(segments: Iterable<Segment>, last: number): Generator<Segment> {
  for (const segment of segments) {
    if (segment.first > last) return;
    yield segment;
  }
}
