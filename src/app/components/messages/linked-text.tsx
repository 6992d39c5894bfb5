import { type Link, splitLinks } from "../../format/links.ts";

/** A longer text is shown without links: thousands of elements would block the page for seconds. */
const MAX_LINKED_CHARS = 20_000;

/** Plain text with its addresses as links. Text from others only becomes text nodes, never HTML. */
export function LinkedText({ text }: { text: string }) {
  if (text.length > MAX_LINKED_CHARS) return <>{text}</>;
  return (
    <>{splitLinks(text).map((part) => (typeof part === "string" ? part : <AddressLink link={part} />))}</>
  );
}

/** A link whose text is the address that it leads to. */
export function AddressLink({ link: { href, text } }: { link: Link }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc" dir="ltr">
      {text}
    </a>
  );
}
