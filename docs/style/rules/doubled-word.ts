import { rule } from "../rule.ts";

const DOUBLED = /\b(\p{L}+)\s+\1\b/giu;

/** Finds a word that is written twice in a row. */
export default rule("everywhere", (prose) =>
  [...prose.matchAll(DOUBLED)].map(({ 0: found, 1: word = "", index }) => ({
    offset: index,
    length: found.length,
    message: `"${word}" is written twice. Delete one.`,
  })),
);
