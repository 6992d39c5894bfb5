import { strings } from "../i18n/language.ts";
import { limitCombiningMarks, stripBidiControls } from "./untrusted-text.ts";

/** Only characters that draw nothing. (U+2800 is the Braille pattern without dots.) */
const INVISIBLE = /^[\s\p{C}\p{M}\p{DI}\u2800]*$/u;

export function isBlank(name: string): boolean {
  return INVISIBLE.test(name);
}

/** A member's name as the page shows it: in reading order, and never blank. */
export function displayName(name: string): string {
  return isBlank(name) ? strings.value.noName : limitCombiningMarks(stripBidiControls(name));
}

/** The hue of a member's avatar. It comes from the member id, since anyone can take another member's name. */
export function avatarHue(memberId: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < memberId.length; i++) hash = Math.imul(hash ^ memberId.charCodeAt(i), 0x01000193);
  // 18 steps, so that two different hues are easy to tell apart.
  return ((hash >>> 0) % 18) * 20;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The first letters of the first and the last word. A name without letters gives its first character. */
export function initialsOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}\p{M}]+/u).filter((word) => word !== "");
  const [first = name.trim(), last] = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return [first, last].map((word) => firstGrapheme(word)).join("");
}

function firstGrapheme(word: string | undefined): string {
  const grapheme =
    graphemes
      .segment(word ?? "")
      [Symbol.iterator]()
      .next().value?.segment ?? "";
  return grapheme.normalize("NFD").slice(0, 2).normalize("NFC").toLocaleUpperCase();
}
