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
    "`(?<code>[^`\\n]+)`",
    '(?<link>\\bhttps?://[^\\s<>"`]+)',
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
    const node = nodeOf(groups);
    nodes.push(node);
    // What does not belong to an address goes on as text.
    if (typeof node === "object" && node.kind === "link") {
      end = index + node.text.length;
      if (end < index + whole.length) nodes.push(text.slice(end, index + whole.length));
    }
    end = index + whole.length;
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}

function nodeOf({ code, link, strong, struck, star, line }: Record<string, string | undefined>): Node {
  if (code !== undefined) return { kind: "code", text: code };
  if (link !== undefined) return linkOf(link);
  if (strong !== undefined) return { kind: "strong", inside: inline(strong) };
  if (struck !== undefined) return { kind: "struck", inside: inline(struck) };
  return { kind: "em", inside: inline(star ?? line ?? "") };
}

const TRAILS = new Set(".,;:!?'\"*_~\u3002\uff0c\uff1b\uff1a\uff01\uff1f\u3001\uff09\u300d\u300f\u3011");

/** An address, without the full stop of its sentence, nor a bracket that was opened before it. */
function linkOf(match: string): Node {
  let surplus = match.split(")").length - match.split("(").length;
  let end = match.length;
  for (; end > 0; end--) {
    const last = match.charAt(end - 1);
    if (last === ")" && surplus > 0) surplus--;
    else if (!TRAILS.has(last)) break;
  }
  const text = match.slice(0, end);
  const href = addressOf(text);
  return href === undefined ? match : { kind: "link", href, text };
}

function addressOf(text: string): string | undefined {
  // A name and password before the host are there to deceive the reader about the host.
  const url = URL.parse(text);
  return url !== null && url.username === "" && url.password === "" && url.host !== "" ? url.href : undefined;
}

const EMOJI_ONLY = /^(?:\p{RGI_Emoji}\s*){1,3}$/v;

/** Up to three emoji and nothing else are shown large. */
export function isEmoji(text: string): boolean {
  return text.length < 64 && EMOJI_ONLY.test(text.trim());
}
