/** Finds the names of members in texts, after an @. */

/** Scripts without spaces between words, so that text may follow a name directly. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const WORD_START = /^[\p{L}\p{N}\p{M}_]/u;
const WORD_END = /[\p{L}\p{N}\p{M}_]$/u;
const UNSPACED_END = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]$/u;

export type FoundName = { index: number; name: string };

/** Whether an @ at this place starts a name. In an e-mail address it does not. */
export function canStartMention(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - 2), index);
  return !WORD_END.test(before) || UNSPACED_END.test(before);
}

/** The names after each @ of a text. @param names longest first */
export function findNames(text: string, names: readonly string[]): FoundName[] {
  const found: FoundName[] = [];
  for (let index = text.indexOf("@"); index !== -1; index = text.indexOf("@", index + 1)) {
    if (!canStartMention(text, index)) continue;
    const name = names.find((one) => text.startsWith(one, index + 1) && endsAt(text, index + 1 + one.length));
    if (name === undefined) continue;
    found.push({ index, name });
    index += name.length;
  }
  return found;
}

function endsAt(text: string, index: number): boolean {
  const rest = text.slice(index, index + 2);
  const before = text.slice(Math.max(0, index - 2), index);
  return !WORD_START.test(rest) || UNSPACED.test(rest) || !WORD_END.test(before) || UNSPACED_END.test(before);
}

/** Longer names first: "Ada Lovelace" is no mention of "Ada". */
export function longestFirst(names: Iterable<string>): string[] {
  return [...new Set(names)].sort((a, b) => b.length - a.length);
}

/** Gives each mention in a text its member. Of several members with one name, the order of the ids decides. */
export class MentionSplitter {
  readonly names: readonly string[];
  readonly #idsByName: ReadonlyMap<string, readonly string[]>;
  readonly #used = new Map<string, number>();

  /** @param idsByName the mentioned members that are known */
  constructor(idsByName: ReadonlyMap<string, readonly string[]>) {
    this.#idsByName = idsByName;
    this.names = longestFirst(idsByName.keys());
  }

  /** Splits the next piece of the text. */
  split(text: string): (string | { id: string; text: string })[] {
    const parts: (string | { id: string; text: string })[] = [];
    let end = 0;
    for (const { index, name } of findNames(text, this.names)) {
      const ids = this.#idsByName.get(name) ?? [];
      const used = this.#used.get(name) ?? 0;
      this.#used.set(name, used + 1);
      const id = ids[Math.min(used, ids.length - 1)];
      if (id === undefined) continue;
      if (index > end) parts.push(text.slice(end, index));
      end = index + 1 + name.length;
      parts.push({ id, text: text.slice(index, end) });
    }
    if (end < text.length) parts.push(text.slice(end));
    return parts;
  }
}

export type MentionChoice = {
  /** The members of each name. */
  known: ReadonlyMap<string, readonly string[]>;
  /** The members that the user chose from the list, by name, in the order of the text. */
  chosen: ReadonlyMap<string, readonly string[]>;
  /** The members that the message mentioned before an edit. */
  before?: readonly string[];
};

/** The members that a text mentions. A name of several members counts only if the user chose one, now or before an edit. */
export function resolveMentions(text: string, { known, chosen, before = [] }: MentionChoice): string[] {
  const ids: string[] = [];
  const used = new Map<string, number>();
  for (const { name } of findNames(text, longestFirst(known.keys()))) {
    const members = known.get(name) ?? [];
    const earlier = before.filter((id) => members.includes(id));
    const options = chosen.get(name) ?? (earlier.length > 0 ? earlier : members.length === 1 ? members : []);
    const nth = used.get(name) ?? 0;
    used.set(name, nth + 1);
    const id = options[Math.min(nth, options.length - 1)];
    if (id !== undefined) ids.push(id);
  }
  return [...new Set(ids)];
}
