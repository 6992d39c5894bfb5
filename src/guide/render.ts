import { existsSync } from "node:fs";
import { Marked, type Tokens } from "marked";
import { escapeHtml } from "./escape.ts";
import { highlighted } from "./highlight.ts";
import { isExternal, resolveLink } from "./links.ts";
import { type Document, isHeading, plainText } from "./markdown.ts";
import { PAGES, pathOf } from "./sidebar.ts";
import { IMAGE, sourcePathOf } from "./sources.ts";

/** Where a page can lead to. */
export type Targets = {
  /** The files of the repository that the site shows. */
  sources: readonly string[];
  /** The address of the repository; undefined while it has none. */
  repository: string | undefined;
};

/** The placeholder for the owner of the repository, until it has a public address. A link to it would lead nowhere. */
const PLACEHOLDER = "github.com/OWNER/";

/** @returns undefined while the address is a placeholder */
export function publicRepository(homepage: string): string | undefined {
  return homepage.includes(PLACEHOLDER) ? undefined : homepage.replace(/#.*$/, "");
}

export type RenderedPage = {
  html: string;
  /** The files of the repository that the page shows, such as `docs/images/room.webp`. */
  assets: readonly string[];
};

/**
 * Renders a document as HTML without scripts and inline styles. A link that leads nowhere yet is shown as text.
 *
 * @param page the path of the document, which its links start from
 */
export async function renderPage(
  document: Document,
  page: string,
  { sources, repository }: Targets,
): Promise<RenderedPage> {
  const assets = new Set<string>();
  const hrefOf = (link: string): string | undefined => {
    if (isExternal(link)) return link.includes(PLACEHOLDER) ? undefined : link;
    if (link.startsWith("#")) return link;
    const { file, anchor } = resolveLink(link, page);
    const hash = anchor === "" ? "" : `#${encodeURIComponent(anchor)}`;
    if (PAGES.includes(file)) return pathOf(file) + hash;
    if (IMAGE.test(file) && file.startsWith("docs/") && existsSync(file)) {
      assets.add(file);
      return `/guide/${file.slice("docs/".length)}`;
    }
    if (sources.includes(file)) return sourcePathOf(file);
    return repository === undefined ? undefined : `${repository}/blob/main/${file}${hash}`;
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
        const href = hrefOf(token.href);
        const text = this.parser.parseInline(token.tokens);
        return href === undefined ? text : `<a href="${escapeHtml(href)}">${text}</a>`;
      },
      image({ href, text }) {
        // The site loads nothing from another one.
        if (isExternal(href)) return escapeHtml(text);
        return `<img src="${escapeHtml(hrefOf(href) ?? "")}" alt="${escapeHtml(text)}" loading="lazy">`;
      },
      html({ text }) {
        return text.replaceAll(
          /\b(src|href)="([^"]+)"/g,
          (_, name: string, link: string) => `${name}="${escapeHtml(hrefOf(link) ?? "")}"`,
        );
      },
    },
  });
  const blocks: Tokens.Code[] = [];
  marked.walkTokens(document.tokens, (token) => {
    if (token.type === "code") blocks.push(token as Tokens.Code);
  });
  for (const block of blocks) code.set(block, await highlighted(block.text, block.lang ?? ""));
  return { html: marked.parser(document.tokens), assets: [...assets] };
}

/** The headings of the second level, for the list beside a page. */
export function contentsOf({ tokens, anchors }: Document): { id: string; heading: string }[] {
  return tokens.flatMap((token) =>
    isHeading(token) && token.depth === 2
      ? [{ id: anchors.get(token) ?? "", heading: plainText(token.tokens) }]
      : [],
  );
}
