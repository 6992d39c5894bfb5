/** The sizes that are no tokens: hairlines, and text that hides from the eye only. */
const PLAIN_PIXELS = /^-?[0-3]px$/;
/** The widths at which the layout changes. A custom property has no value in a query. */
const QUERY_WIDTHS: ReadonlySet<string> = new Set(["44rem", "60rem", "63.125rem"]);
/** Colours by name, as far as anyone would use them. The keywords of CSS are no colours of ours. */
const NAMED_COLOUR = /\b(white|black|red|green|blue|gr[ae]y|silver|orange|yellow|purple|brown|pink)\b/;
const RAW_COLOUR = /#[\da-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(/i;
const SIZE = /(?<![\w.-])-?\d*\.?\d+(?:rem|px|pt|cm|mm|in)\b/g;
const TIME = /(?<![\w.-])\d*\.?\d+m?s\b/;

export type StyleSheet = { name: string; text: string };

type Line = { name: string; number: number; text: string };

/** The names of the custom properties that a text sets. */
export function customProperties(text: string): string[] {
  return [...text.matchAll(/(--[\w-]+)["']?\s*:/g)].map(([, name]) => name ?? "");
}

/**
 * One sentence for each value in the style sheets that should be a token, and for each token that nobody sets.
 * @param known the custom properties that tokens.css and the components set
 */
export function findStyleFaults(sheets: readonly StyleSheet[], known: ReadonlySet<string>): string[] {
  const own = new Set([...known, ...sheets.flatMap(({ text }) => customProperties(text))]);
  return sheets.flatMap(linesOf).flatMap((line) => faultsOf(line, own));
}

/** The lines without their comments. */
function linesOf({ name, text }: StyleSheet): Line[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, " "));
  return code.split("\n").map((text, i) => ({ name, number: i + 1, text }));
}

function faultsOf({ name, number, text }: Line, known: ReadonlySet<string>): string[] {
  const at = `${name}:${number}`;
  const isQuery = /^\s*@/.test(text);
  // Selectors name elements and classes. Only declarations have values.
  const isDeclaration = /^\s*[\w-]+:\s|^\s+[^{]*[;,]\s*$/.test(text);
  if (isQuery) return sizesIn(text, QUERY_WIDTHS).map((size) => `${at}: ${size} is no width of the layout.`);
  if (!isDeclaration) return [];
  const value = text.replace(/^\s*[\w-]+:\s/, "").replaceAll(/var\(--[\w-]+/g, "");
  return [
    ...sizesIn(value).map((size) => `${at}: ${size} is no token. Use one of tokens.css.`),
    ...(RAW_COLOUR.test(value) || NAMED_COLOUR.test(value)
      ? [`${at}: This colour is no token. Use one of tokens.css.`]
      : []),
    ...(TIME.test(value) ? [`${at}: This duration is no token. Use one of tokens.css.`] : []),
    ...(/^\s*z-index: -?\d/.test(text) ? [`${at}: This layer is no token. Use one of tokens.css.`] : []),
    ...[...text.matchAll(/var\((--[\w-]+)/g)]
      .filter(([, token = ""]) => !known.has(token))
      .map(([, token]) => `${at}: Nobody sets ${token}.`),
  ];
}

function sizesIn(text: string, allowed?: ReadonlySet<string>): string[] {
  const sizes = text.match(SIZE) ?? [];
  return sizes.filter((size) => !PLAIN_PIXELS.test(size) && !allowed?.has(size));
}
