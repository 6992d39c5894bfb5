import type { Data, LogMessage, LogOperation } from "../records.ts";

/** Reports a fault of an append. */
export type ReportAppend = (kind: "append-gap" | "append-overlap" | "stale", sentence: string) => void;

/** Messages with the operations on them folded in, as docs/PROTOCOL.md asks a client to do it. */
export class Fold {
  readonly #messages = new Map<number, LogMessage>();
  readonly #report: ReportAppend;

  constructor(report: ReportAppend) {
    this.#report = report;
  }

  get messages(): ReadonlyMap<number, LogMessage> {
    return this.#messages;
  }

  clear(): void {
    this.#messages.clear();
  }

  /** A message of a frame, in the form that it had then. */
  message(message: LogMessage): void {
    const { seq, version = 0 } = message;
    const known = this.#messages.get(seq)?.version ?? 0;
    if (version < known)
      this.#report("stale", `Message ${seq} came in its form of ${version} after that of ${known}.`);
    this.#put(message);
  }

  /** A message of a page. A program may get the page after frames that followed it, since it waits for a promise. */
  pageMessage(message: LogMessage): void {
    const known = this.#messages.get(message.seq)?.version ?? 0;
    if ((message.version ?? 0) >= known) this.#put(message);
  }

  #put(message: LogMessage): void {
    this.#messages.set(message.seq, { ...message, reactions: structuredClone(message.reactions) });
  }

  operation(operation: LogOperation): void {
    const before = this.#messages.get(operation.target);
    if (before === undefined || operation.seq <= (before.version ?? 0)) return;
    this.#messages.set(operation.target, { ...this.#applied(before, operation), version: operation.seq });
  }

  #applied(before: LogMessage, operation: LogOperation): LogMessage {
    const { op, data, at, key = "", from = "" } = operation;
    // Edits and appends of a deleted message are replayed as deletions.
    if (before.deleted) return before;
    if (op === "delete") {
      const { seq, id, from, at } = before;
      return {
        seq,
        id,
        ...(from === undefined ? {} : { from }),
        ...(at === undefined ? {} : { at }),
        deleted: true,
      };
    }
    if (op === "edit") return { ...before, data, edited: at };
    if (op === "append") return { ...before, data: this.#appended(before, operation) };
    const others = Object.entries(before.reactions ?? {}).filter(([each]) => each !== key);
    const members =
      before.reactions && Object.hasOwn(before.reactions, key) ? before.reactions[key]?.members : [];
    const left = (members ?? []).filter((member) => member !== from);
    const next = op === "react" ? [...left, from] : left;
    if (next.length > 0) others.push([key, { count: next.length, members: next }]);
    return { ...before, reactions: Object.fromEntries(others) };
  }

  /** A part that the text has already must be the same. */
  #appended({ seq, data }: LogMessage, { seq: at, data: appended, offset }: LogOperation): Data | undefined {
    const text = textIn(data);
    const piece = textIn(appended);
    if (text === undefined || piece === undefined || offset === undefined) {
      this.#report(
        "append-gap",
        `The append ${at} to ${seq} has no text, no offset, or no text to append to.`,
      );
      return data;
    }
    if (offset > text.length) {
      this.#report(
        "append-gap",
        `The append ${at} to ${seq} begins at ${offset}, and the text ends at ${text.length}.`,
      );
      return data;
    }
    const overlap = text.slice(offset);
    if (!piece.startsWith(overlap))
      this.#report(
        "append-overlap",
        `The append ${at} to ${seq} repeats other text than there is at ${offset}.`,
      );
    return withText(data, text.slice(0, offset) + piece);
  }
}

/** The text that takes appends: the data, or its `text`. */
export function textIn(data: Data | undefined): string | undefined {
  if (data === undefined || !("json" in data)) return undefined;
  const { json } = data;
  if (typeof json === "string") return json;
  const isObject = typeof json === "object" && json !== null && "text" in json;
  return isObject && typeof json.text === "string" ? json.text : undefined;
}

function withText(data: Data | undefined, text: string): Data | undefined {
  if (data === undefined || !("json" in data)) return data;
  return { json: typeof data.json === "string" ? text : { ...(data.json as object), text } };
}

/** How two forms of a message differ; undefined where they do not. */
export function differenceOf(folded: LogMessage, current: LogMessage): string | undefined {
  const [a, b] = [fieldsOf(folded), fieldsOf(current)];
  const [field] = (Object.keys(a) as (keyof typeof a)[]).filter((each) => a[each] !== b[each]);
  return field === undefined ? undefined : `${field} is ${brief(a[field])}, not ${brief(b[field])}`;
}

function fieldsOf({ id, from, data, edited, deleted, reactions = {}, version }: LogMessage) {
  const keys = Object.keys(reactions).sort();
  return {
    id,
    from: `${from}`,
    data: `${JSON.stringify(data)}`,
    edited: `${edited}`,
    deleted: `${deleted === true}`,
    reactions: JSON.stringify(keys.map((key) => [key, reactions[key]?.count, reactions[key]?.members])),
    version: `${version}`,
  };
}

/** The end tells more than the beginning: appends change it. */
function brief(text: string): string {
  return text.length > 160 ? `(${text.length} characters) ${text.slice(0, 60)}…${text.slice(-90)}` : text;
}
