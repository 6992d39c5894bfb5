import MiniSearch from "minisearch";
import type { SearchEntry } from "../search-entry.ts";

export type Found = SearchEntry & { excerpt: string };

const HAN = /\p{Script=Han}+/gu;
const EXCERPT_CHARS = 140;
const RESULTS = 12;

/** The words of a text. Han characters stand without spaces between words, so each pair of neighbours is a word. */
export function wordsOf(text: string): string[] {
  const words: string[] = text.replaceAll(HAN, " ").match(/[\p{L}\p{N}_]+/gu) ?? [];
  for (const [run] of text.matchAll(HAN)) {
    const characters = [...run];
    if (characters.length === 1) words.push(run);
    for (let at = 1; at < characters.length; at++) words.push(`${characters[at - 1]}${characters[at]}`);
  }
  return words;
}

/**
 * Returns a search over the sections of the guide.
 *
 * @example makeSearch(entries)("resume cursor")[0]?.url; // "/guide/client#positions"
 */
export function makeSearch(entries: readonly SearchEntry[]): (query: string) => Found[] {
  const index = new MiniSearch<SearchEntry & { id: number }>({
    fields: ["title", "heading", "text"],
    tokenize: wordsOf,
    searchOptions: {
      boost: { heading: 4, title: 2 },
      prefix: (term) => term.length > 2,
      fuzzy: (term) => (term.length > 5 ? 0.15 : false),
      // References and lists of rules name everything, and explain little.
      boostDocument: (id) => (/\/guide\/(?:api|guarantees)/.test(entries[id]?.url ?? "") ? 0.4 : 1),
    },
  });
  index.addAll(entries.map((entry, id) => ({ ...entry, id })));
  return (query) => {
    const every = index.search(query, { combineWith: "AND" });
    const found = every.length > 0 ? every : index.search(query);
    return found.slice(0, RESULTS).flatMap(({ id, terms }) => {
      const entry = entries[id];
      return entry === undefined ? [] : [{ ...entry, excerpt: excerptOf(entry.text, terms) }];
    });
  };
}

/** The text around the first of these words. */
function excerptOf(text: string, words: readonly string[]): string {
  const flat = text.replaceAll(/\s+/g, " ");
  const lower = flat.toLowerCase();
  const places = words.map((word) => lower.indexOf(word)).filter((place) => place >= 0);
  const start = Math.max(0, Math.min(...places, flat.length) - Math.floor(EXCERPT_CHARS / 3));
  // Half a word at the start reads badly. Han characters stand without spaces, so that any of them may come first.
  const space = flat.slice(start, start + 20).search(/[\s\p{Script=Han}]/u);
  const from = places.length === 0 || start === 0 ? 0 : start + Math.max(0, space);
  const end = from + EXCERPT_CHARS;
  return `${from > 0 ? "…" : ""}${flat.slice(from, end)}${end < flat.length ? "…" : ""}`;
}
