import { foldText } from "./fold-text.ts";

/** The query of a search: messages with all of the words, by one of the authors if there are any. All texts are folded. */
export type Query = { words: readonly string[]; authors: readonly string[] };

const MAX_CHARS = 300;
const MAX_PARTS = 20;

/** A word or a quoted phrase, with `from:` before it if it is a name. */
const PART = /(?:(from|来自)[:：]\s*)?(?:"([^"]*)"|“([^”]*)”|(\S+))/giu;

/** Reads what a person typed. Undefined if that names nothing to look for. */
export function parseQuery(input: string): Query | undefined {
  const words: string[] = [];
  const authors: string[] = [];
  for (const [, isAuthor, ...values] of [...input.slice(0, MAX_CHARS).matchAll(PART)].slice(0, MAX_PARTS)) {
    const value = foldText(values.find((value) => value !== undefined) ?? "").trim();
    if (value !== "") (isAuthor === undefined ? words : authors).push(value);
  }
  return words.length + authors.length > 0 ? { words, authors } : undefined;
}

/** Whether a message is one that the query looks for. @param text what the message says, or the name of its file */
export function matches({ words, authors }: Query, name: string, text: string): boolean {
  if (authors.length > 0) {
    const folded = foldText(name);
    if (!authors.some((author) => folded.includes(author))) return false;
  }
  const folded = words.length > 0 ? foldText(text) : "";
  return words.every((word) => folded.includes(word));
}
