/** Folds text, so that a search ignores case, diacritics, width and the other differences between spellings of one word. */

/**
 * The characters that a search ignores: the accents of alphabetic scripts, Hebrew points and Arabic vowel signs, and characters that draw nothing. Marks that
 * make another letter, such as those of Devanagari, Thai and kana, stay.
 */
const IGNORED =
  /[\u0300-\u036f]|[\u0483-\u0487]|[\u0591-\u05c7]|[\u0610-\u061a]|[\u064b-\u065f]|\u0670|[\u1ab0-\u1aff]|[\u1dc0-\u1dff]|[\u20d0-\u20ff]|\p{DI}/gu;

/** Characters that fold as one: a letter with its marks, or a syllable of Korean letters. */
const CLUSTERS = /[\u1100-\u115f][\u1160-\u11a7]*[\u11a8-\u11ff]*|\P{M}[\p{M}\uff9e\uff9f]*|\p{M}+/gu;

const ASCII = /^[\0-\x7f]*$/;

/** The form of a text that a search compares. */
export function foldText(text: string): string {
  // Upper case first: it turns ß into SS, and both forms of the Greek sigma into one.
  return ASCII.test(text)
    ? text.toLowerCase()
    : text
        .normalize("NFKC")
        .toUpperCase()
        .toLowerCase()
        .replaceAll("ς", "σ")
        .normalize("NFD")
        .replace(IGNORED, "")
        .normalize("NFC");
}

/** A folded text. Its unit `i` comes from the characters of the original from `starts[i]` to before `ends[i]`. */
export type FoldedText = { text: string; starts: readonly number[]; ends: readonly number[] };

/** Folds a text and keeps where each part comes from. Slower than `foldText`. */
export function foldWithPositions(original: string): FoldedText {
  let text = "";
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { 0: cluster, index } of original.matchAll(CLUSTERS)) {
    const folded = foldText(cluster);
    for (let i = 0; i < folded.length; i++) {
      starts.push(index);
      ends.push(index + cluster.length);
    }
    text += folded;
  }
  return { text, starts, ends };
}
