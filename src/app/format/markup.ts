import { unturned } from "./safe.ts";

/**
 * The little markup that people type anyway: `code`, fenced code, *emphasis*, **strong**, ~~struck~~ and addresses. It
 * becomes a tree of these nodes and never HTML. Every pattern ends at its own delimiter, so that hostile text costs no more
 * than its length.
 */
export type Node =
  | string
  | { kind: "code" | "block"; text: string }
  | { kind: "em" | "strong" | "struck"; inside: Node[] }
  | { kind: "link"; href: string; text: string };

const OPENS = /^```[\w+#.-]*\s*$/;
const CLOSES = /^```\s*$/;

const INLINE = new RegExp(
  [
    "(?<ticks>`{1,3})(?<code>[^`\\n]+)\\k<ticks>",
    // Chinese has no space after its punctuation, nor around its quotes and brackets.
    '(?<link>\\b[hH][tT][tT][pP][sS]?://[^\\s<>"`，。；：！？、（）「」『』【】《》]+)',
    "\\*\\*(?=\\S)(?<strong>[^*\\n]+)(?<=\\S)\\*\\*",
    "~~(?=\\S)(?<struck>[^~\\n]+)(?<=\\S)~~",
    "(?<![\\p{L}\\p{N}*])\\*(?=[^\\s*])(?<star>[^*\\n]+)(?<=\\S)\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?=[^\\s_])(?<line>[^_\\n]+)(?<=\\S)_(?![\\p{L}\\p{N}_])",
  ].join("|"),
  "gu",
);

export function parse(text: string): Node[] {
  if (!text.includes("```")) return inline(text);
  const lines = text.split("\n");
  const lastClose = lines.findLastIndex((line) => CLOSES.test(line));
  const nodes: Node[] = [];
  let start = 0;
  for (let i = 0; i < lastClose; i++) {
    if (!OPENS.test(lines[i] ?? "")) continue;
    let end = i + 1;
    while (!CLOSES.test(lines[end] ?? "")) end++;
    if (i > start) nodes.push(...inline(lines.slice(start, i).join("\n")));
    nodes.push({ kind: "block", text: lines.slice(i + 1, end).join("\n") });
    start = end + 1;
    i = end;
  }
  if (start < lines.length) nodes.push(...inline(lines.slice(start).join("\n")));
  return nodes;
}

function inline(text: string): Node[] {
  const nodes: Node[] = [];
  let end = 0;
  for (const { index, 0: whole, groups = {} } of text.matchAll(INLINE)) {
    if (index > end) nodes.push(text.slice(end, index));
    // What does not belong to an address goes on as text.
    const address = groups.link === undefined ? whole : endedOf(groups.link);
    nodes.push(groups.link === undefined ? nodeOf(groups) : linkOf(address));
    if (address !== whole) nodes.push(whole.slice(address.length));
    end = index + whole.length;
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}

function nodeOf({ code, strong, struck, star, line }: Record<string, string | undefined>): Node {
  if (code !== undefined) return { kind: "code", text: code };
  if (strong !== undefined) return { kind: "strong", inside: inline(strong) };
  if (struck !== undefined) return { kind: "struck", inside: inline(struck) };
  return { kind: "em", inside: inline(star ?? line ?? "") };
}

const TRAILS = new Set(".,;:!?'\"*_~");

/** An address, without the full stop of its sentence, nor a bracket that was opened before it. */
function endedOf(match: string): string {
  let surplus = match.split(")").length - match.split("(").length;
  let end = match.length;
  for (; end > 0; end--) {
    const last = match.charAt(end - 1);
    if (last === ")" && surplus > 0) surplus--;
    else if (!TRAILS.has(last)) break;
  }
  return match.slice(0, end);
}

/** The host of an address, where it is written in other signs than the plain ones that it is looked up by. */
const ODD_HOST = /(?<=:\/\/)[^/?#\\]*[^/?#\\\w.:[\]-][^/?#\\]*/;

/** What is drawn tells where it leads: in the order in which it is read, with the host as it is looked up. */
function linkOf(address: string): Node {
  const url = URL.parse(address);
  // A name and password before the host are there to deceive the reader about the host.
  if (url === null || url.username !== "" || url.password !== "" || url.host === "") return address;
  return { kind: "link", href: url.href, text: unturned(address).replace(ODD_HOST, url.host) };
}

const EMOJI_ONLY = /^(?:\p{RGI_Emoji}\s*){1,3}$/v;

/** Up to three emoji and nothing else are shown large. */
export function isEmoji(text: string): boolean {
  return text.length < 64 && EMOJI_ONLY.test(text.trim());
}
