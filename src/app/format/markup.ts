import { stripBidiControls } from "./untrusted-text.ts";

/**
 * A subset of Markdown: `code`, fenced code, *emphasis*, **strong**, ~~strikethrough~~ and links. The parser returns a tree of
 * these nodes and never HTML. Each pattern stops at its own delimiter, so parsing hostile text takes linear time.
 */
export type MarkupNode =
  | string
  | { kind: "code" | "codeBlock"; text: string }
  | { kind: "emphasis" | "strong" | "strikethrough"; children: MarkupNode[] }
  | { kind: "link"; href: string; text: string };

const FENCE_START = /^```[\w+#.-]*\s*$/;
const FENCE_END = /^```\s*$/;

const INLINE = new RegExp(
  [
    "(?<ticks>`{1,3})(?<code>[^`\\n]+)\\k<ticks>",
    // Chinese text has no spaces around punctuation, so a link ends there.
    '(?<link>\\b[hH][tT][tT][pP][sS]?://[^\\s<>"`，。；：！？、（）「」『』【】《》]+)',
    "\\*\\*(?=\\S)(?<strong>[^*\\n]+)(?<=\\S)\\*\\*",
    "~~(?=\\S)(?<strike>[^~\\n]+)(?<=\\S)~~",
    "(?<![\\p{L}\\p{N}*])\\*(?=[^\\s*])(?<starred>[^*\\n]+)(?<=\\S)\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?=[^\\s_])(?<underscored>[^_\\n]+)(?<=\\S)_(?![\\p{L}\\p{N}_])",
  ].join("|"),
  "gu",
);

export function parseMarkup(text: string): MarkupNode[] {
  if (!text.includes("```")) return parseInline(text);
  const lines = text.split("\n");
  const lastFenceEnd = lines.findLastIndex((line) => FENCE_END.test(line));
  const nodes: MarkupNode[] = [];
  let start = 0;
  for (let i = 0; i < lastFenceEnd; i++) {
    if (!FENCE_START.test(lines[i] ?? "")) continue;
    let end = i + 1;
    while (!FENCE_END.test(lines[end] ?? "")) end++;
    if (i > start) nodes.push(...parseInline(lines.slice(start, i).join("\n")));
    nodes.push({ kind: "codeBlock", text: lines.slice(i + 1, end).join("\n") });
    start = end + 1;
    i = end;
  }
  if (start < lines.length) nodes.push(...parseInline(lines.slice(start).join("\n")));
  return nodes;
}

function parseInline(text: string): MarkupNode[] {
  const nodes: MarkupNode[] = [];
  let end = 0;
  for (const { index, 0: match, groups = {} } of text.matchAll(INLINE)) {
    if (index > end) nodes.push(text.slice(end, index));
    const address = groups.link === undefined ? match : trimAddress(groups.link);
    nodes.push(groups.link === undefined ? nodeOf(groups) : linkTo(address));
    if (address !== match) nodes.push(match.slice(address.length));
    end = index + match.length;
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}

function nodeOf(groups: Record<string, string | undefined>): MarkupNode {
  const { code, strong, strike, starred, underscored } = groups;
  if (code !== undefined) return { kind: "code", text: code };
  if (strong !== undefined) return { kind: "strong", children: parseInline(strong) };
  if (strike !== undefined) return { kind: "strikethrough", children: parseInline(strike) };
  return { kind: "emphasis", children: parseInline(starred ?? underscored ?? "") };
}

const TRAILING_PUNCTUATION = new Set(".,;:!?'\"*_~");

/** Removes the punctuation of the surrounding sentence, and closing brackets that the address did not open. */
function trimAddress(match: string): string {
  let unopened = match.split(")").length - match.split("(").length;
  let end = match.length;
  for (; end > 0; end--) {
    const last = match.charAt(end - 1);
    if (last === ")" && unopened > 0) unopened--;
    else if (!TRAILING_PUNCTUATION.has(last)) break;
  }
  return match.slice(0, end);
}

/** A host that contains characters outside of plain ASCII host names. */
const UNUSUAL_HOST = /(?<=:\/\/)[^/?#\\]*[^/?#\\\w.:[\]-][^/?#\\]*/;

/** A link whose text shows where it leads: in reading order, with the host in the form that the browser looks up. */
function linkTo(address: string): MarkupNode {
  const url = URL.parse(address);
  // A user name before the host can make a link look as if it led to another site.
  if (url === null || url.username !== "" || url.password !== "" || url.host === "") return address;
  return { kind: "link", href: url.href, text: stripBidiControls(address).replace(UNUSUAL_HOST, url.host) };
}

const EMOJI_ONLY = /^(?:\p{RGI_Emoji}\s*){1,3}$/v;

/** Whether a text is one to three emoji and nothing else. The page shows those large. */
export function isEmojiOnly(text: string): boolean {
  return text.length < 64 && EMOJI_ONLY.test(text.trim());
}
