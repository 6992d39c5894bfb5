import { stripBidiControls } from "./untrusted-text.ts";

/** An address in a text that the page shows as a link. */
export type Link = { href: string; text: string };

/** Chinese text has no spaces around punctuation, so an address ends there. An address may begin with "www." instead of a scheme. */
const ADDRESS =
  /(?:\bhttps?:\/\/|(?<![\w@./-])www\.(?=[^\s.]+\.[^\s.]))[^\s<>"`，。；：！？、（）「」『』【】《》]+/gi;

/** The text with its addresses as links. Takes linear time. */
export function splitLinks(text: string): (string | Link)[] {
  const parts: (string | Link)[] = [];
  let end = 0;
  for (const { index, 0: match } of text.matchAll(ADDRESS)) {
    const address = trimAddress(match);
    const link = linkTo(address);
    if (link === undefined) continue;
    if (index > end) parts.push(text.slice(end, index));
    parts.push(link);
    end = index + address.length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
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
function linkTo(address: string): Link | undefined {
  const scheme = /^www/i.test(address) ? "https://" : "";
  const url = URL.parse(scheme + address);
  // A user name before the host can make a link look as if it led to another site.
  if (url === null || url.username !== "" || url.password !== "" || url.host === "") return undefined;
  const text = stripBidiControls(scheme + address).replace(UNUSUAL_HOST, url.host);
  return { href: url.href, text: text.slice(scheme.length) };
}
