import { rule } from "../rule.ts";
import { PRODUCTS } from "../words.ts";

const SPELLED = new Map(PRODUCTS.map((name) => [name.toLowerCase(), name]));
const ANY_NAME = new RegExp(
  // Longest first, so that "Durable Objects" does not match as "Durable Object". Paths and addresses are not prose.
  `(?<![\\w./@-])(?:${[...PRODUCTS]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replaceAll(".", "\\.").replaceAll(" ", "\\s+"))
    .join("|")})(?![\\w/@-]|\\.\\w)`,
  "gi",
);

/** Finds names of products that are spelled differently from the list in `words.ts`. */
export default rule("everywhere", (prose) =>
  [...prose.matchAll(ANY_NAME)].flatMap(({ 0: found, index }) => {
    const written = found.replaceAll(/\s+/g, " ");
    const name = SPELLED.get(written.toLowerCase());
    if (name === undefined || name === written) return [];
    return [{ offset: index, length: found.length, message: `"${written}" is spelled "${name}".` }];
  }),
);
