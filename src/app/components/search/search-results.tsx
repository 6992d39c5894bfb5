import { useState } from "preact/hooks";
import type { ChatStore } from "../../chat/chat-store.ts";
import { daysBetween, formatDay, formatTime, today } from "../../format/datetime.ts";
import { moreStrings } from "../../i18n/index.ts";
import { clearNotice, isNarrow, openPanel } from "../../page-state.ts";
import type { MessageSearch, SearchResult } from "../../search/message-search.ts";
import { NameLabel } from "../common/name-label.tsx";

/** The results of a search, newest first. Each result is a button that jumps to its message. The arrow keys move through them. */
export function SearchResults({ search, store }: { search: MessageSearch; store: ChatStore }) {
  const [shown, setShown] = useState<number>();
  const results = search.results.value;
  if (results.length === 0) return null;
  const jumpTo = (seq: number) => {
    setShown(seq);
    clearNotice(store);
    // There the panel covers the message. It keeps its results.
    if (isNarrow.value) openPanel.value = undefined;
    void store.jump.to(seq);
  };
  return (
    <ol
      class="search-results"
      onKeyDown={(event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        const buttons = [...event.currentTarget.querySelectorAll("button")];
        buttons[buttons.findIndex((button) => button.matches(":focus")) + step]?.focus();
      }}
    >
      {results.map((result) => (
        <ResultItem key={result.seq} result={result} isShown={result.seq === shown} onJump={jumpTo} />
      ))}
    </ol>
  );
}

type ResultItemProps = { result: SearchResult; isShown: boolean; onJump: (seq: number) => void };

function ResultItem({ result: { seq, at, name, excerpt }, isShown, onJump }: ResultItemProps) {
  return (
    <li>
      <button type="button" aria-current={isShown ? "true" : undefined} onClick={() => onJump(seq)}>
        <span class="search-source">
          <NameLabel name={name} />
          <time dateTime={new Date(at).toISOString()}>{timeOf(at)}</time>
        </span>
        <bdi class="search-excerpt">
          {excerpt.map(({ text, isMatch }) => (isMatch ? <mark>{text}</mark> : text))}
        </bdi>
      </button>
    </li>
  );
}

/** The day, unless it is today, and the time. */
function timeOf(at: number): string {
  const now = today.value;
  const daysAgo = daysBetween(at, now);
  const day = daysAgo === 1 ? moreStrings.value.yesterday : formatDay(at, now);
  return daysAgo === 0 ? formatTime(at) : `${day}, ${formatTime(at)}`;
}
