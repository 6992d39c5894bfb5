import type { AppendPart, LogEntry } from "./log-entry.ts";
import { encodeParts } from "./parts.ts";
import { encodeMessage, type Segment, sizesOf, sparseFrame } from "./segment.ts";

/** The bounds of one row of joined appends: appends, and UTF-16 code units of their texts. The row is written anew with each flush. */
const MAX_APPENDS = 256;
const MAX_CHARS = 16 * 1024;

type Joined = AppendPart & { seq: number; at: number };

/**
 * The newest row of the log where it holds nothing but appends. Those of the next flush join it, so that a stream of many small appends ends
 * as a few rows and costs one written row for each flush.
 */
export class AppendRun {
  readonly #first: number;
  readonly #last: number;
  readonly #at: number;
  readonly #ids: readonly string[];
  /** One for each target, in the order of their first appends. */
  readonly #messages: readonly Joined[];
  readonly #parts: readonly (readonly [number, number])[];
  readonly #chars: number;

  private constructor(
    { first, last, at }: Pick<Segment, "first" | "last" | "at">,
    ids: readonly string[],
    messages: readonly Joined[],
    parts: readonly (readonly [number, number])[],
  ) {
    this.#first = first;
    this.#last = last;
    this.#at = at;
    this.#ids = ids;
    this.#messages = messages;
    this.#parts = parts;
    this.#chars = messages.reduce((sum, { data }) => sum + data.length, 0);
  }

  /** The run that begins with an entry; undefined where the entry holds anything else. */
  static of({ segment, ids, appends }: LogEntry): AppendRun | undefined {
    if (appends === undefined || !isByOne(appends)) return undefined;
    return new AppendRun(segment, ids, ...joined([], [], appends, segment));
  }

  /** The run with the appends of the next entry; undefined where they do not fit, or are something else. */
  extendedBy({ segment, ids, appends }: LogEntry): AppendRun | undefined {
    if (appends === undefined || this.#ids.length + ids.length > MAX_APPENDS) return undefined;
    if (!isByOne([...this.#messages, ...appends])) return undefined;
    const chars = appends.reduce((sum, { data }) => sum + data.length, this.#chars);
    if (chars > MAX_CHARS) return undefined;
    const extent = { first: this.#first, last: segment.last, at: this.#at };
    return new AppendRun(
      extent,
      [...this.#ids, ...ids],
      ...joined(this.#messages, this.#parts, appends, segment),
    );
  }

  get entry(): { segment: Segment; ids: readonly string[] } {
    // In the order of their seqs, as clients expect the messages of a frame.
    const order = this.#messages.map((_, i) => i).sort((a, b) => this.#seqAt(a) - this.#seqAt(b));
    const places = new Map(order.map((index, place) => [index, place]));
    const texts = order.map((index) => encodeMessage({ op: "append", ...(this.#messages[index] as Joined) }));
    const parts = this.#parts.map(([index, length]) => [places.get(index) ?? index, length] as const);
    const [first, last, at] = [this.#first, this.#last, this.#at];
    const count = this.#ids.length;
    const segment: Segment = {
      first,
      last,
      at,
      body: sparseFrame(first, last, at, texts),
      sizes: sizesOf(texts),
      parts: encodeParts(parts),
      ops: count,
      light: count,
    };
    return { segment, ids: this.#ids };
  }

  #seqAt(index: number): number {
    return this.#messages[index]?.seq ?? 0;
  }
}

/** Whether the appends to each message have one author, as the message has that joins them. */
function isByOne(appends: readonly AppendPart[]): boolean {
  const authors = new Map<number, string>();
  for (const { target, from } of appends) {
    if ((authors.get(target) ?? from) !== from) return false;
    authors.set(target, from);
  }
  return true;
}

function joined(
  before: readonly Joined[],
  partsBefore: readonly (readonly [number, number])[],
  appends: readonly AppendPart[],
  { first, at }: Segment,
): [Joined[], (readonly [number, number])[]] {
  const messages = [...before];
  const parts = [...partsBefore];
  appends.forEach((append, i) => {
    const known = messages.findIndex(({ target }) => target === append.target);
    const index = known < 0 ? messages.length : known;
    const message = messages[known];
    messages[index] =
      message === undefined
        ? { ...append, seq: first + i, at }
        : {
            ...message,
            id: append.id,
            data: message.data + append.data,
            end: append.end ?? message.end,
            seq: first + i,
            at,
          };
    parts.push([index, append.data.length]);
  });
  return [messages, parts];
}
