import { useMemo } from "preact/hooks";
import type { ChatStore } from "../../chat/chat-store.ts";
import { idsByName } from "../../chat/known-members.ts";
import { MentionSplitter } from "../../chat/mention-names.ts";
import { moreStrings } from "../../i18n/index.ts";
import { LinkedText } from "../messages/linked-text.tsx";
import { BlockView } from "./blocks.tsx";
import { InlineView } from "./inlines.tsx";

type MarkdownParser = Pick<
  typeof import("../../markdown/parse-markdown.ts"),
  "parseMarkdown" | "MAX_PARSED_CHARS"
>;

type FormattedTextProps = {
  text: string;
  parser: MarkdownParser;
  mentions: readonly string[];
  store: ChatStore;
};

/**
 * A text with its Markdown and mentions. The tree is kept for as long as the message is shown, and parsed again only when the text
 * changes. Of a long text only the start is formatted, so a text that grows does not cost more and more.
 */
export function FormattedText({ text, parser, mentions, store }: FormattedTextProps) {
  const splitter = new MentionSplitter(mentions.length === 0 ? new Map() : idsByName(store, mentions));
  const start = startOf(text, parser.MAX_PARSED_CHARS);
  const names = splitter.names.map((name) => `@${name}`);
  const tree = useMemo(() => parser.parseMarkdown(start, names), [start, names.join("\n")]);
  if (tree === undefined) return <LinkedText text={text} />;
  const context = { splitter, selfId: store.selfId.value };
  const [first] = tree;
  // Most messages are one paragraph.
  if (tree.length === 1 && first?.kind === "paragraph" && start === text)
    return <InlineView nodes={first.children} context={context} />;
  return (
    <>
      {tree.map((block) => (
        <BlockView block={block} context={context} />
      ))}
      {start !== text && (
        <>
          <p class="message-note">{moreStrings.value.restIsPlain}</p>
          {text.slice(start.length)}
        </>
      )}
    </>
  );
}

/** The lines of a text that are within a length. They stay the same while the text grows. */
function startOf(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const end = text.lastIndexOf("\n", maxChars - 1);
  return text.slice(0, end > 0 ? end : maxChars);
}
