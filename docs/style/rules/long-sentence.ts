import { rule } from "../rule.ts";
import { countWords, sentencesOf } from "../text.ts";

const MAX_WORDS = 30;

/** Finds sentences of running text with more than 30 words. */
export default rule("paragraphs", (prose) =>
  sentencesOf(prose).flatMap(({ text, offset }) => {
    const words = countWords(text);
    if (words <= MAX_WORDS) return [];
    const message = `The sentence has ${words} words. Split it: at most ${MAX_WORDS}, about 25 at best.`;
    return [{ offset, length: text.length, message }];
  }),
);
