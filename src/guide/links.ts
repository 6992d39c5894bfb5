import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { marked, type Tokens } from "marked";
import { anchorsOf, type Document, linksOf, parse, plainText } from "./markdown.ts";

/** Whether a link leads to another site, so that it is neither checked nor rewritten. */
export function isExternal(link: string): boolean {
  return /^(?:[a-z][a-z+.-]*:|\/\/)/i.test(link);
}

/**
 * The file and the anchor that a link of a document names.
 *
 * @param from the path of the document
 */
export function resolveLink(link: string, from: string): { file: string; anchor: string } {
  const [target = "", anchor = ""] = link.split("#");
  const file = target === "" ? from : posix.join(posix.dirname(from), decodeURIComponent(target));
  return { file, anchor: decodeURIComponent(anchor) };
}

/** The links of documents that lead to a missing file or heading, each as a sentence. Links to other sites are not followed. */
export function deadLinks(files: readonly string[]): string[] {
  const anchors = new Map<string, Set<string>>();
  const anchorsIn = (file: string) => {
    const known = anchors.get(file) ?? anchorsOf(parse(readFileSync(file, "utf8")));
    anchors.set(file, known);
    return known;
  };
  const faultOf = (link: string, from: string): string | undefined => {
    const { file, anchor } = resolveLink(link, from);
    if (!existsSync(file)) return `${from} links to ${link}, but there is no ${file}.`;
    if (anchor === "" || !file.endsWith(".md") || anchorsIn(file).has(anchor)) return undefined;
    return `${from} links to ${link}, but ${file} has no heading with that anchor.`;
  };
  return files.flatMap((from) =>
    linksOf(parse(readFileSync(from, "utf8")))
      .filter((link) => !isExternal(link))
      .flatMap((link) => faultOf(link, from) ?? []),
  );
}

/** A text that is the path of a document, such as `CLIENT.md`. */
const DOCUMENT_NAME = /^[\w./-]+\.md$/;

/**
 * Gives links whose text is the path of a document the title of that document: on the site, nobody sees the files.
 *
 * @param titles the titles of the documents by their paths
 */
export function nameLinks({ tokens }: Document, from: string, titles: ReadonlyMap<string, string>): void {
  marked.walkTokens(tokens, (token) => {
    if (token.type !== "link" || isExternal(token.href)) return;
    const title = titles.get(resolveLink(token.href, from).file);
    if (title === undefined || !DOCUMENT_NAME.test(plainText(token.tokens))) return;
    const text: Tokens.Text = { type: "text", raw: title, text: title, escaped: false };
    token.tokens = [text];
  });
}
