import { existsSync, statSync } from "node:fs";
import { posix } from "node:path";
import { escapeHtml } from "./escape.ts";
import { highlighted } from "./highlight.ts";
import { isExternal, resolveLink } from "./links.ts";
import { type Document, linksOf } from "./markdown.ts";

/** The page whose links lead to the tests. They are for readers of the repository, and would be most of the site. */
const LINKS_TO_TESTS = "docs/GUARANTEES.md";

export const IMAGE = /\.(?:png|svg|webp)$/;

/** The files of the repository that pages link to and that are no pages: the site shows their text. */
export function sourcesOf(documents: ReadonlyMap<string, Document>): string[] {
  const sources = new Set<string>();
  for (const [page, document] of documents) {
    if (page === LINKS_TO_TESTS) continue;
    for (const link of linksOf(document)) {
      if (link === "" || link.startsWith("#") || isExternal(link)) continue;
      const { file } = resolveLink(link, page);
      if (documents.has(file) || IMAGE.test(file)) continue;
      if (existsSync(file) && statSync(file).isFile()) sources.add(file);
    }
  }
  return [...sources].sort();
}

/**
 * The pathname of the page that shows a file. It has no dot, because the platform and a browser would take what follows for the type of the page.
 *
 * @example sourcePathOf("docs/examples/python/dormouse.py"); // "/guide/files/examples/python/dormouse-py"
 */
export function sourcePathOf(file: string): string {
  return `/guide/files/${file.replace(/^docs\//, "").replaceAll(".", "-")}`;
}

/** The pathname of the file itself. */
export function downloadPathOf(file: string): string {
  return `${sourcePathOf(file)}.txt`;
}

/** The page of a file: its path, a link to the file itself, and its text. */
export async function renderSource(file: string, text: string): Promise<string> {
  const code = await highlighted(text.trimEnd(), posix.extname(file).slice(1) || "txt");
  const name = escapeHtml(posix.basename(file));
  return `<h1>${escapeHtml(file)}</h1>
<p>A file of the repository. <a href="${downloadPathOf(file)}" download="${name}">Download ${name}</a></p>
<pre tabindex="0"><code>${code}</code></pre>
`;
}
