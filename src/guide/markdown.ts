import { marked, type Token, type Tokens } from "marked";

/** The part of a page under one heading. `id` is its anchor, and empty before the first heading. */
export type Section = { id: string; heading: string; text: string };

/** A Markdown document: its tokens, and the anchor of each heading. */
export type Document = { tokens: Token[]; anchors: ReadonlyMap<Tokens.Heading, string> };

/** An anchor that a document sets in HTML, such as `<a id="x"></a>`. */
const HTML_ID = /\bid="([^"]+)"/g;

export function parse(markdown: string): Document {
  const tokens = marked.lexer(markdown);
  const anchors = new Map<Tokens.Heading, string>();
  const taken = new Map<string, number>();
  marked.walkTokens(tokens, (token) => {
    if (!isHeading(token)) return;
    const slug = slugOf(plainText(token.tokens));
    const before = taken.get(slug) ?? 0;
    taken.set(slug, before + 1);
    anchors.set(token, before === 0 ? slug : `${slug}-${before}`);
  });
  return { tokens, anchors };
}

export function isHeading(token: Token): token is Tokens.Heading {
  return token.type === "heading";
}

/** The anchor of a heading, as GitHub makes it. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
    .replaceAll(" ", "-");
}

/** All anchors that a link can name: those of headings, and those that the document sets in HTML. */
export function anchorsOf({ tokens, anchors }: Document): Set<string> {
  const all = new Set(anchors.values());
  marked.walkTokens(tokens, (token) => {
    if (token.type === "html") for (const [, id = ""] of token.raw.matchAll(HTML_ID)) all.add(id);
  });
  return all;
}

/** The targets of all links and images. */
export function linksOf({ tokens }: Document): string[] {
  const links: string[] = [];
  marked.walkTokens(tokens, (token) => {
    if (token.type === "link" || token.type === "image") links.push(token.href);
    if (token.type === "html")
      for (const [, target = ""] of token.raw.matchAll(/\b(?:href|src)="([^"]+)"/g)) links.push(target);
  });
  return links;
}

/** The text of tokens without their markup. */
export function plainText(tokens: readonly Token[] = []): string {
  return tokens.map(textOf).join("");
}

function textOf(token: Token): string {
  switch (token.type) {
    case "html":
      return "";
    case "br":
    case "space":
      return " ";
    case "table": {
      const { header, rows }: { header: Tokens.TableCell[]; rows: Tokens.TableCell[][] } =
        token as Tokens.Table;
      return [header, ...rows].map((row) => row.map((cell) => plainText(cell.tokens)).join(" ")).join("\n");
    }
    case "list":
      return (token as Tokens.List).items.map((item) => plainText(item.tokens)).join("\n");
    default:
      if ("tokens" in token && token.tokens !== undefined) return plainText(token.tokens);
      return "text" in token ? unescaped(String(token.text)) : "";
  }
}

/** Inline tokens hold a few characters as HTML entities. */
function unescaped(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

/** The title of a document: its first heading. */
export function titleOf({ tokens }: Document): string {
  return plainText(tokens.find(isHeading)?.tokens);
}

/** The document in sections, for the search. */
export function sectionsOf({ tokens, anchors }: Document): Section[] {
  const sections: Section[] = [];
  let current: Section = { id: "", heading: "", text: "" };
  for (const token of tokens) {
    if (isHeading(token)) {
      current = { id: anchors.get(token) ?? "", heading: plainText(token.tokens), text: "" };
      sections.push(current);
    } else current.text += `${textOf(token)}\n`;
  }
  return sections;
}
