/** Makes text from other people safe to display next to other text. */

/** Embeddings, overrides and isolates of the bidirectional algorithm (UAX #9). They reorder the text after them. */
const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export function stripBidiControls(text: string): string {
  return text.replace(BIDI_CONTROLS, "");
}

/** More combining marks on one letter than any script uses. They would cover the lines above and below. */
const EXCESS_MARKS = /(\p{M}{6})\p{M}+/gu;

export function limitCombiningMarks(text: string): string {
  return text.replace(EXCESS_MARKS, "$1");
}

/** One line of plain text, for titles, labels and announcements, where no element can isolate it. */
export function toPlainLine(text: string): string {
  return limitCombiningMarks(stripBidiControls(text)).replace(/\s+/g, " ").trim();
}

/** Like `toPlainLine`, wrapped in isolate characters so that it can stand between other words. */
export function toIsolatedLine(text: string): string {
  return `\u2068${toPlainLine(text)}\u2069`;
}

const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** The direction of a text's first letter. (`dir="auto"` makes a browser scan the whole text on each key press.) */
export function directionOf(text: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.test(LETTER.exec(text.slice(0, 1000))?.[0] ?? "") ? "rtl" : "ltr";
}

/** The start of a text: at most so many UTF-16 code units and lines. It never splits a surrogate pair. */
export function truncate(text: string, maxUnits: number, maxLines: number): string {
  let end = Math.min(text.length, maxUnits);
  let newline = -1;
  for (let line = 0; line < maxLines; line++) {
    newline = text.indexOf("\n", newline + 1);
    if (newline === -1) break;
  }
  if (newline !== -1) end = Math.min(end, newline);
  if (end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}
