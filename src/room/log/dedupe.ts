import * as v from "valibot";

const idsSchema = v.array(v.string());

/**
 * The ids of the newest messages, so that a repeated publish is answered with the seq of the first one. The index has two
 * generations and drops the older one as a whole: to remove one id for each new one costs ten times as much.
 */
export class DedupeIndex {
  #current = new Map<string, number>();
  #previous: ReadonlyMap<string, number> = new Map();
  #lastSeq = 0;
  readonly #max: number;

  /** @param max the number of newest messages whose ids are known */
  constructor(max: number) {
    this.#max = max;
  }

  /** Adds a message. Messages are added in the order of the log. */
  add(id: string, seq: number): void {
    if (this.#current.size >= this.#max) {
      this.#previous = this.#current;
      this.#current = new Map();
    }
    this.#current.set(id, seq);
    this.#lastSeq = seq;
  }

  seqOf(id: string): number | undefined {
    const seq = this.#current.get(id) ?? this.#previous.get(id);
    return seq !== undefined && seq > this.#lastSeq - this.#max ? seq : undefined;
  }
}

/** Reads the ids of the newest messages. Their column stands before the body, so that SQLite does not read the bodies. */
export function readDedupeIndex(sql: SqlStorage, max: number): DedupeIndex {
  const newest: { first: number; ids: string[] }[] = [];
  let count = 0;
  for (const { first, ids } of sql.exec<{ first: number; ids: string }>(
    "SELECT first, ids FROM dormouse_segments ORDER BY first DESC",
  )) {
    if (count >= max) break;
    const parsed = v.parse(idsSchema, JSON.parse(ids));
    newest.push({ first, ids: parsed });
    count += parsed.length;
  }
  const dedupe = new DedupeIndex(max);
  for (const { first, ids } of newest.reverse()) ids.forEach((id, i) => void dedupe.add(id, first + i));
  return dedupe;
}
