import { rule } from "../rule.ts";
import { RETIRED } from "../words.ts";

/** Finds wordings of the list in `words.ts`. */
export default rule("everywhere", (prose) =>
  RETIRED.flatMap(([wording, instead]) =>
    [...prose.matchAll(wording)].map(({ 0: found, index }) => ({
      offset: index,
      length: found.length,
      message: `"${found}" is a retired wording. Write instead: ${instead}.`,
    })),
  ),
);
