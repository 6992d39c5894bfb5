import { toPlainLine } from "../format/untrusted-text.ts";
import { foldText, foldWithPositions } from "./fold-text.ts";

/** A part of an excerpt, and whether it is what the search looked for. */
export type ExcerptPart = { text: string; isMatch: boolean };

const CHARS_BEFORE = 30;
const MAX_CHARS = 110;
/** Folding with positions is slow, so a long line is cut. The pieces overlap by more than the longest query. */
const PIECE_CHARS = 2000;
const PIECE_OVERLAP = 400;

/** The line of a text with the most of the words, cut around the first one. */
export function excerptOf(text: string, words: readonly string[]): ExcerptPart[] {
  const { text: line, isStart, isEnd } = bestPiece(text, words);
  const { text: folded, starts, ends } = foldWithPositions(line);
  const ranges = rangesOf(folded, words);
  const first = ranges[0]?.start ?? 0;
  const from = first <= CHARS_BEFORE ? 0 : (starts[first - CHARS_BEFORE] ?? 0);
  const last = folded.length - 1;
  const until = ends[Math.min(last, Math.max(first - CHARS_BEFORE, 0) + MAX_CHARS)] ?? 0;
  const to = last < 0 || until >= line.trimEnd().length ? line.length : until;
  const parts: ExcerptPart[] = [];
  const add = (text: string, isMatch: boolean) => {
    if (text !== "") parts.push({ text, isMatch });
  };
  let position = from;
  if (from > 0 || !isStart) add("…", false);
  for (const { start, end } of ranges) {
    const at = Math.max(position, starts[start] ?? to);
    const stop = Math.min(to, ends[end - 1] ?? to);
    if (at >= to || stop <= at) continue;
    add(plain(line.slice(position, at)), false);
    add(plain(line.slice(at, stop)), true);
    position = stop;
  }
  add(plain(line.slice(position, to)), false);
  if (to < line.length || !isEnd) add("…", false);
  // A copy: a slice of a string keeps all of that string in memory.
  return JSON.parse(JSON.stringify(parts));
}

/** The spaces at the edges stay: they are between the parts. */
const plain = (text: string) =>
  `${/^\s/.test(text) ? " " : ""}${toPlainLine(text)}${/\S\s+$/.test(text) ? " " : ""}`;

/** A part of a text: a line, or a piece of a long one. */
type Piece = { text: string; isStart: boolean; isEnd: boolean };

function bestPiece(text: string, words: readonly string[]): Piece {
  let best = { text: "", isStart: true, isEnd: true };
  let bestCount = -1;
  for (const piece of piecesOf(text)) {
    const folded = foldText(piece.text);
    // Without words, the first line that says something.
    const count = folded.trim() === "" ? -1 : words.filter((word) => folded.includes(word)).length;
    if (count > bestCount) [best, bestCount] = [piece, count];
    if (bestCount === words.length) break;
  }
  return best;
}

function* piecesOf(text: string): Generator<Piece> {
  for (const line of text.split("\n"))
    for (
      let start = 0;
      start === 0 || start + PIECE_OVERLAP < line.length;
      start += PIECE_CHARS - PIECE_OVERLAP
    ) {
      const end = start + PIECE_CHARS;
      // A surrogate pair that is cut in half becomes a replacement character elsewhere.
      const piece = line.slice(start, end).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
      yield { text: piece, isStart: start === 0, isEnd: end >= line.length };
    }
}

type Range = { start: number; end: number };

/** Where the words occur, in order, with overlaps joined. */
function rangesOf(folded: string, words: readonly string[]): Range[] {
  const ranges: Range[] = [];
  for (const word of words)
    for (let at = folded.indexOf(word); at !== -1; at = folded.indexOf(word, at + word.length))
      ranges.push({ start: at, end: at + word.length });
  ranges.sort((a, b) => a.start - b.start);
  const joined: Range[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else joined.push(range);
  }
  return joined;
}
