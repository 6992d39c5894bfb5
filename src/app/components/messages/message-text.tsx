import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import { isEmojiOnly, type MarkupNode, parseMarkup } from "../../format/markup.ts";
import { limitCombiningMarks, truncate } from "../../format/untrusted-text.ts";
import { locale, strings } from "../../i18n/index.ts";
import { CodeBlock } from "../common/code-block.tsx";

/** Longer texts are collapsed. */
const COLLAPSED = { units: 1500, lines: 20 } as const;
/** Longer texts are shown without markup: thousands of elements would block the page for seconds. */
const MAX_MARKUP_CHARS = 20_000;

/** The text of a message with its markup. Text from others only becomes text nodes, never HTML. */
export function MessageText({ text }: { text: string }) {
  const [isExpanded, setExpanded] = useState(false);
  const fullText = limitCombiningMarks(text);
  const start = truncate(fullText, COLLAPSED.units, COLLAPSED.lines);
  const isLong = start.length < fullText.length;
  const shown = isLong && !isExpanded ? `${start}…` : fullText;
  const { showAll, showLess } = strings.value;
  return (
    <>
      <div class={isEmojiOnly(shown) ? "message-text emoji-only" : "message-text"} dir="auto">
        {shown.length > MAX_MARKUP_CHARS ? shown : parseMarkup(shown).map(renderNode)}
      </div>
      {isLong && (
        <button
          type="button"
          class="link-button"
          aria-expanded={isExpanded}
          onClick={() => setExpanded(!isExpanded)}
        >
          {isExpanded ? showLess : showAll(new Intl.NumberFormat(locale.value).format(fullText.length))}
        </button>
      )}
    </>
  );
}

function renderNode(node: MarkupNode): ComponentChild {
  if (typeof node === "string") return node;
  switch (node.kind) {
    case "code":
      return <code>{node.text}</code>;
    case "codeBlock":
      return <CodeBlock text={node.text} />;
    case "emphasis":
      return <em>{node.children.map(renderNode)}</em>;
    case "strong":
      return <strong>{node.children.map(renderNode)}</strong>;
    case "strikethrough":
      return <s>{node.children.map(renderNode)}</s>;
    case "link":
      return (
        <a href={node.href} target="_blank" rel="noopener noreferrer nofollow ugc" dir="ltr">
          {node.text}
        </a>
      );
  }
}
