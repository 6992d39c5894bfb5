import { words } from "../text/index.ts";
import { unpiled, unturned } from "./safe.ts";

/** Nothing of it can be seen. (U+2800 is the Braille pattern without dots.) */
const BLANK = /^[\s\p{C}\p{M}\p{DI}\u2800]*$/u;

/** A name as it is drawn: in the order in which it is read, and never nothing. */
export function drawn(name: string): string {
  return BLANK.test(name) ? words.value.noName : unpiled(unturned(name));
}

/** How a member is told apart at a glance. The hue comes from who it is and not from the name, which anyone can take. */

export function hueOf(member: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < member.length; i++) hash = Math.imul(hash ^ member.charCodeAt(i), 0x01000193);
  // Steps, so that two hues are either the same or apart.
  return ((hash >>> 0) % 18) * 20;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** One or two letters: of the first word and the last; the first sign of a name with no letters. */
export function initialsOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}\p{M}]+/u).filter((word) => word !== "");
  const [first = name.trim(), last] = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return [first, last].map((word) => firstSign(word)).join("");
}

function firstSign(word: string | undefined): string {
  const sign =
    graphemes
      .segment(word ?? "")
      [Symbol.iterator]()
      .next().value?.segment ?? "";
  return sign.normalize("NFD").slice(0, 2).normalize("NFC").toLocaleUpperCase();
}
