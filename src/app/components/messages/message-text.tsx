import { useEffect, useState } from "preact/hooks";
import type { ChatStore } from "../../chat/chat-store.ts";
import { isEmojiOnly } from "../../format/emoji-only.ts";
import { needsMarkdown } from "../../format/needs-markdown.ts";
import { limitCombiningMarks, truncate } from "../../format/untrusted-text.ts";
import { locale, strings } from "../../i18n/index.ts";
import { formatting, loadFormatting } from "../../load-more.ts";
import { LinkedText } from "./linked-text.tsx";

/** The beginning of a text, as a collapsed message shows it. */
const COLLAPSED = { units: 1500, lines: 20 } as const;
/** Longer texts are collapsed. To hide a few lines would not be worth the click. */
const LONG = { units: 2250, lines: 30 } as const;

type MessageTextProps = { text: string; mentions: readonly string[]; store: ChatStore };

/** The text of a message. It is plain text with links until the page has loaded what shows Markdown and mentions. */
export function MessageText({ text, mentions, store }: MessageTextProps) {
  const [isExpanded, setExpanded] = useState(false);
  const fullText = limitCombiningMarks(text);
  const isLong = truncate(fullText, LONG.units, LONG.lines).length < fullText.length;
  const shown = isLong && !isExpanded ? `${truncate(fullText, COLLAPSED.units, COLLAPSED.lines)}…` : fullText;
  const isFormatted = mentions.length > 0 || needsMarkdown(shown);
  useEffect(() => {
    if (isFormatted) loadFormatting();
  }, [isFormatted]);
  const loaded = formatting.value;
  return (
    <>
      <div class={isEmojiOnly(shown) ? "message-text emoji-only" : "message-text"} dir="auto">
        {isFormatted && loaded !== undefined ? (
          <loaded.FormattedText text={shown} parser={loaded.parser} mentions={mentions} store={store} />
        ) : (
          <LinkedText text={shown} />
        )}
      </div>
      {isLong && (
        <button
          type="button"
          class="link-button"
          aria-expanded={isExpanded}
          onClick={() => setExpanded(!isExpanded)}
        >
          {isExpanded ? strings.value.showLess : showAll(fullText)}
        </button>
      )}
    </>
  );
}

/** The label of the button that shows the whole text: it counts lines if there are many, else characters. */
function showAll(text: string): string {
  const { showAllLines, showAllChars } = strings.value;
  const { format } = new Intl.NumberFormat(locale.value);
  const lines = text.trimEnd().split("\n").length;
  return lines > LONG.lines ? showAllLines(format(lines)) : showAllChars(format(text.length));
}
