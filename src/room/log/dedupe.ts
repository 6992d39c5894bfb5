import * as v from "valibot";

const idsSchema = v.array(v.string());

/**
 * Which ids the newest messages have, so that a publish that is sent again is told the seq it got the first time. Two
 * generations: the older one goes as a whole, since taking one id out for each that comes in costs ten times as much.
 */
export class DedupeIndex {
  #young = new Map<string, number>();
  #old: ReadonlyMap<string, number> = new Map();
  #newest = 0;
  readonly #max: number;

  /** @param max how many of the newest messages are remembered */
  constructor(max: number) {
    this.#max = max;
  }

  /** Notes a message that follows those that were noted before. */
  add(id: string, seq: number): void {
    if (this.#young.size >= this.#max) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(id, seq);
    this.#newest = seq;
  }

  seqOf(id: string): number | undefined {
    const seq = this.#young.get(id) ?? this.#old.get(id);
    return seq !== undefined && seq > this.#newest - this.#max ? seq : undefined;
  }
}

/** The ids of the newest messages. They stand in a column before the body, so that reading them does not read the messages. */
export function readDedupeIndex(sql: SqlStorage, max: number): DedupeIndex {
  const newest: { first: number; ids: string[] }[] = [];
  let count = 0;
  for (const { first, ids } of sql.exec<{ first: number; ids: string }>(
    "SELECT first, ids FROM segments ORDER BY first DESC",
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
