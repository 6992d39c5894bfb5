/** Text of strangers, made fit to stand beside other text. */

/** Embeddings, overrides and isolates of the bidirectional algorithm (UAX #9): they turn what comes after them. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export function unturned(text: string): string {
  return text.replace(BIDI, "");
}

/** More marks on one letter than any script has; they would pile up over the lines above and below. */
const PILE = /(\p{M}{6})\p{M}+/gu;

export function unpiled(text: string): string {
  return text.replace(PILE, "$1");
}

/** For where there are no elements to isolate it: titles, labels, announcements. */
export function flat(text: string): string {
  return unpiled(unturned(text)).replace(/\s+/g, " ").trim();
}

/** The same, between other words. */
export function isolated(text: string): string {
  return `\u2068${flat(text)}\u2069`;
}

const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Which way a text runs, by its first letter. (With `auto`, a browser looks through all of it at each key.) */
export function directionOf(text: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.test(LETTER.exec(text.slice(0, 1000))?.[0] ?? "") ? "rtl" : "ltr";
}

/** The start of a text, at most so many UTF-16 code units and lines, never half a character. */
export function startOf(text: string, units: number, lines: number): string {
  let end = Math.min(text.length, units);
  let at = -1;
  for (let line = 0; line < lines; line++) {
    at = text.indexOf("\n", at + 1);
    if (at === -1) break;
  }
  if (at !== -1) end = Math.min(end, at);
  if (end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/**
 * The token in what was pasted, which brings the quotes and line ends around it along. A browser offers it to a service as the
 * name of a subprotocol, and throws where that has other signs than these.
 */
export function tokenOf(pasted: string): string | undefined {
  return /^[\w.-]+$/.exec(pasted.replace(/[\s"'`\u2018-\u201f]/g, ""))?.[0];
}
