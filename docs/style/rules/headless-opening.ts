import { rule } from "../rule.ts";
import { sentencesOf } from "../text.ts";

const HEADLESS = /^(?:Who|What|Of)\b/;

/** Finds sentences, other than questions, that open with "Who", "What" or "Of" and so hide their subject. */
export default rule("everywhere", (prose) =>
  sentencesOf(prose).flatMap(({ text, offset }) => {
    const [opening] = HEADLESS.exec(text) ?? [];
    if (opening === undefined || text.endsWith("?")) return [];
    return [
      {
        offset,
        length: opening.length,
        message: `The sentence opens with a headless "${opening}". Open it with the subject by name.`,
      },
    ];
  }),
);
