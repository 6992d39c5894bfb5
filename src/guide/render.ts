import { existsSync } from "node:fs";
import { type ShjLanguage, tokenize } from "@speed-highlight/core";
import { detectLanguage } from "@speed-highlight/core/detect";
import { Marked, type Tokens } from "marked";
import { escapeHtml } from "./escape.ts";
import { isExternal, resolveLink } from "./links.ts";
import { type Document, isHeading, plainText } from "./markdown.ts";
import { PAGES, pathOf } from "./sidebar.ts";

const IMAGE = /\.(?:png|svg|webp)$/;
const LANGUAGES: Readonly<Record<string, ShjLanguage>> = {
  ts: "ts",
  typescript: "ts",
  js: "js",
  json: "json",
  sh: "bash",
  bash: "bash",
};
/** A guess that is wrong colours plain text, so only these are taken. */
const GUESSED = new Set<string>(["js", "ts", "bash", "json", "html", "py"]);

export type RenderedPage = {
  html: string;
  /** The files of the repository that the page shows, such as `docs/images/room.webp`. */
  assets: readonly string[];
};

/**
 * Renders a document as HTML without scripts and inline styles.
 *
 * @param page the path of the document, which its links start from
 * @param repository where files that are not on the site are shown
 */
export async function renderPage(
  document: Document,
  page: string,
  repository: string,
): Promise<RenderedPage> {
  const assets = new Set<string>();
  const hrefOf = (link: string): string => {
    if (isExternal(link) || link.startsWith("#")) return link;
    const { file, anchor } = resolveLink(link, page);
    const hash = anchor === "" ? "" : `#${encodeURIComponent(anchor)}`;
    if (PAGES.includes(file)) return pathOf(file) + hash;
    if (IMAGE.test(file) && file.startsWith("docs/") && existsSync(file)) {
      assets.add(file);
      return `/guide/${file.slice("docs/".length)}`;
    }
    return `${repository}/blob/main/${file}${hash}`;
  };
  const code = new Map<Tokens.Code, string>();
  const marked = new Marked({
    renderer: {
      heading(token) {
        const id = document.anchors.get(token) ?? "";
        const { depth } = token;
        const link = `<a class="anchor" href="#${id}" aria-label="${escapeHtml(plainText(token.tokens))}">#</a>`;
        return `<h${depth} id="${id}">${this.parser.parseInline(token.tokens)} ${link}</h${depth}>\n`;
      },
      code(token) {
        return `<pre tabindex="0"><code>${code.get(token) ?? escapeHtml(token.text)}</code></pre>\n`;
      },
      table(token) {
        const row = (cells: Tokens.TableCell[], name: "th" | "td") =>
          `<tr>${cells.map(({ tokens }) => `<${name}>${this.parser.parseInline(tokens)}</${name}>`).join("")}</tr>\n`;
        const rows = token.rows.map((cells) => row(cells, "td")).join("");
        return `<div class="table" tabindex="0"><table><thead>${row(token.header, "th")}</thead><tbody>${rows}</tbody></table></div>\n`;
      },
      link(token) {
        return `<a href="${escapeHtml(hrefOf(token.href))}">${this.parser.parseInline(token.tokens)}</a>`;
      },
      image({ href, text }) {
        return `<img src="${escapeHtml(hrefOf(href))}" alt="${escapeHtml(text)}" loading="lazy">`;
      },
    },
  });
  const blocks: Tokens.Code[] = [];
  marked.walkTokens(document.tokens, (token) => {
    if (token.type === "code") blocks.push(token as Tokens.Code);
  });
  for (const block of blocks) code.set(block, await highlighted(block));
  return { html: marked.parser(document.tokens), assets: [...assets] };
}

async function highlighted({ text, lang = "" }: Tokens.Code): Promise<string> {
  const named = LANGUAGES[lang];
  if (lang !== "" && named === undefined) return escapeHtml(text);
  const language = named ?? detectLanguage(text);
  if (named === undefined && !GUESSED.has(language)) return escapeHtml(text);
  const parts: string[] = [];
  await tokenize(text, language, (part, kind) => {
    const html = escapeHtml(part);
    parts.push(kind === undefined ? html : `<span class="token-${kind}">${html}</span>`);
  });
  return parts.join("");
}

/** The headings of the second level, for the list beside a page. */
export function contentsOf({ tokens, anchors }: Document): { id: string; heading: string }[] {
  return tokens.flatMap((token) =>
    isHeading(token) && token.depth === 2
      ? [{ id: anchors.get(token) ?? "", heading: plainText(token.tokens) }]
      : [],
  );
}
